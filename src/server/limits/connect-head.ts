const CONNECT = /^0(?:(\/[^,?]{0,256}))?/;

/**
 * Which namespace a packet of Socket.IO's own protocol asks for, as a packet names it: empty for '/'.
 *
 * @returns undefined for every other packet
 */
export function namespaceAskedFor(packet: unknown): string | undefined {
  if (typeof packet !== 'string' || !packet.startsWith('0')) return undefined;
  const name = CONNECT.exec(packet)?.[1] ?? '';
  return name === '/' ? '' : name;
}

/** The packet that refuses a namespace to who asks for it too often. */
export function tooOften(namespace: string, retryAfterMs: number): string {
  const data = { code: 'RATE_LIMITED', retryAfterMs };
  return `4${namespace === '' ? '' : `${namespace},`}${JSON.stringify({ message: data.code, data })}`;
}
