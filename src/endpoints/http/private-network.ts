import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const blocked = new BlockList();
const global6 = new BlockList();

// IANA special-purpose registries: what is not globally reachable, and multicast
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  blocked.addSubnet(address, prefix, 'ipv4');

// tunnels that carry an IPv4 address inside (Teredo, 6to4), and documentation; all else of IPv6 is refused unless global unicast
for (const [address, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  blocked.addSubnet(address, prefix, 'ipv6');
}
global6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address (no brackets) lies outside the public internet; IPv4 addresses mapped into IPv6 count as outside. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return blocked.check(address, 'ipv4');
  if (family !== 6) return true;
  const bare = address.split('%')[0] ?? address;
  return !global6.check(bare, 'ipv6') || blocked.check(bare, 'ipv6');
}

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly code = 'EPRIVATE';
  constructor() {
    super('the address is in a private network, which this endpoint may not reach');
  }
}

/** Node's lookup, except that a name which resolves to any private address fails: no second look-up can slip past it. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const first = addresses[0];
    if (!first || addresses.some((entry) => isPrivateAddress(entry.address))) return callback(new PrivateAddressError(), '', 0);
    if (options.all) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};
