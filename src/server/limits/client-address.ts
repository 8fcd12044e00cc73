import { isIPv6 } from 'node:net';
import type { ClientRequest } from './engine-connection.js';

/**
 * Whose connection it is, as far as addresses tell: of IPv6 the first 64 bits, which one subscriber has all to himself.
 *
 * @param trustedProxies how many proxies have appended to X-Forwarded-For; what stands before that is the client's own claim
 */
export function clientAddress({ headers, socket }: ClientRequest, trustedProxies: number): string {
  const direct = socket.remoteAddress ?? '';
  if (trustedProxies === 0) return subscriberOf(direct);
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return subscriberOf(forwarded.at(-trustedProxies)?.trim() || direct);
}

function subscriberOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // A port, or whatever else a proxy writes, must not make a key without bounds.
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address.slice(0, 64);
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
