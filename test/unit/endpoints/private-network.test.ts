import { lookup, type LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress, publicLookup } from '../../../src/endpoints/http/private-network.ts';

describe('private addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    'fc00::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    'not an address',
    '',
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    'not %s',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it('are not looked up', async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
      expect(error).toMatchObject({ code: 'EPRIVATE' });
    }
  });

  it('an address that is public is given as Node gives it', async () => {
    const [one, all] = await Promise.all([
      new Promise((resolve, reject) =>
        publicLookup('8.8.8.8', {}, (error, address, family) => (error ? reject(error) : resolve([address, family]))),
      ),
      new Promise<LookupAddress[]>((resolve, reject) =>
        publicLookup('8.8.8.8', { all: true }, (error, addresses) =>
          error ? reject(error) : resolve(addresses as LookupAddress[]),
        ),
      ),
    ]);
    expect(one).toEqual(['8.8.8.8', 4]);
    expect(all).toEqual(await new Promise((resolve) => lookup('8.8.8.8', { all: true }, (_, addresses) => resolve(addresses))));
  });
});
