import { BlockList, isIP } from 'node:net';

/** Networks that a webhook must not reach from inside the firm: loopback, private, link-local, multicast, reserved. */
const INSIDE = new BlockList();
for (const [network, prefix] of [
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
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INSIDE.addSubnet(network, prefix, 'ipv4');

/** The global unicast part of IPv6; everything outside it, and what embeds IPv4 in it, is refused. */
const OUTSIDE_6 = new BlockList();
OUTSIDE_6.addSubnet('2000::', 3, 'ipv6');
const EMBEDS_4 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  EMBEDS_4.addSubnet(network, prefix, 'ipv6');

/** Whether an address is one that the open network routes to. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !INSIDE.check(address, 'ipv4');
  if (isIP(address) === 6) return OUTSIDE_6.check(address, 'ipv6') && !EMBEDS_4.check(address, 'ipv6');
  return false;
}

/** What is wrong with a webhook's address as written; where its name leads is asked at each delivery. */
export function webhookUrlProblem(text: string, production: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is no URL';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && (production || protocol !== 'http:')) return 'must begin with https://';
  if (username || password || hash) return 'has a user, password or fragment: leave them out';
  const host = hostname.replace(/^\[|\]$/g, '');
  const inside = isIP(host) ? !isPublicAddress(host) : host === 'localhost' || host.endsWith('.localhost');
  return production && inside ? 'is an address inside the firm' : undefined;
}
