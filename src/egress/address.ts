import ipaddr from 'ipaddr.js';

/*
 * Which addresses lie on the public internet. Pure: nothing is looked up and nothing is connected to.
 */

/** All of IPv6 that was ever given out to be reached globally (RFC 4291, section 2.4): what lies outside has no public host. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Whether an IP address (no brackets) is a public one: in no range of IANA's special-purpose registries, no multicast, and
 * no IPv6 form that carries an IPv4 address inside. Anything that is no address is not.
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === 'unicast';
  if (!ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.range() === 'unicast' && parsed.match(GLOBAL_UNICAST);
}

/** The host of a URL as it is connected to: without brackets and the dot of a rooted name. */
export function hostOf({ hostname }: { hostname: string }): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Whether a host, as WHATWG URLs write it, is an address; names are not, however much they look like one. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/**
 * Whether the host of a URL may be public, as far as its text tells: an address is, when it is public; a name may be, but
 * for `localhost` (RFC 6761). What a name resolves to is only known when it is connected to. URLs come in here parsed,
 * which turns `2130706433` and `0x7f.1` into the addresses that they mean.
 */
export function mayBePublic(url: URL): boolean {
  const host = hostOf(url);
  if (isAddress(host)) return isPublicAddress(host);
  return host !== '' && host !== 'localhost' && !host.endsWith('.localhost');
}
