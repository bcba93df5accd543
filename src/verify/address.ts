import { BlockList, isIP } from 'node:net';

/**
 * Addresses that a secret must never be sent to: this machine, its own network, link-local (cloud metadata lives at
 * 169.254.169.254), shared, test, multicast and reserved ranges. Source: IANA's special-purpose address registries.
 */
const PRIVATE = new BlockList();
const RANGES_4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const RANGES_6 =
  '::/128 ::1/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8';
for (const range of RANGES_4.split(' ')) addRange(range, 'ipv4');
for (const range of RANGES_6.split(' ')) addRange(range, 'ipv6');

/** @param address an IP address, IPv6 with or without brackets */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').split('%')[0];
  const family = isIP(bare);
  if (family === 0) return false;
  if (family === 4) return PRIVATE.check(bare, 'ipv4');
  // IPv4 in IPv6 clothes (::ffff:10.0.0.1) is matched against the IPv4 ranges by BlockList itself.
  return PRIVATE.check(bare, 'ipv6');
}

function addRange(range: string, family: 'ipv4' | 'ipv6'): void {
  const [address, bits] = range.split('/');
  PRIVATE.addSubnet(address, Number(bits), family);
}
