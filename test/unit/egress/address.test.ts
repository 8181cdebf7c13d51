import { lookup, type LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayBePublic } from '../../../src/egress/address.ts';
import { permittedLookup } from '../../../src/egress/network.ts';

const publicLookup = permittedLookup(isPublicAddress);

describe('addresses that are not public', () => {
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
    '::127.0.0.1',
    '::8.8.8.8',
    '::ffff:0:7f00:1',
    '64:ff9b:1::1',
    'fec0::1',
    'fd00:ec2::254',
    '5f00::1',
    '192.0.0.192',
    '192.88.99.1',
    '240.0.0.1',
    '0x7f.1',
    '017700000001',
    '127.1',
    'not an address',
    '',
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    'not %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it('are not given for a name', async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
      expect(error).toMatchObject({ code: 'EFORBIDDENADDRESS' });
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

describe('the host of a URL', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST.', 'a.localhost', '[::1]', '2130706433', '0x7f.1', '127.1', '0', '[::ffff:169.254.169.254]', '169.254.169.254', '%31%32%37.0.0.1', '①②⑦.0.0.1'])(
    '%s is not public by its text',
    (host) => {
      expect(mayBePublic(new URL(`http://${host}/`))).toBe(false);
      expect(mayBePublic(new URL(`https://${host}:8443/v1`))).toBe(false);
    },
  );

  it.each(['8.8.8.8', '[2606:4700:4700::1111]', 'api.example.com', 'localhost.example.com', 'metadata.google.internal'])('%s may be', (host) => {
    expect(mayBePublic(new URL(`https://${host}/v1`))).toBe(true);
  });
});
