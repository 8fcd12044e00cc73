/** What stands before the payload of an event in Socket.IO's protocol. */
export interface EventHead {
  /** How many binary packets follow that belong to it. */
  readonly attachmentCount: number;
  /** Empty for '/'. */
  readonly namespace: string;
  /** The number of the acknowledgement that the client asks for; empty when it asks for none. */
  readonly ackId: string;
}

const EVENT = /^2(?:(\/[^,]{0,256}),)?(\d{0,15})/;
const BINARY_EVENT = /^5(\d{1,2})-(?:(\/[^,]{0,256}),)?(\d{0,15})/;

/**
 * Reads the head of an event without parsing the rest.
 *
 * @returns undefined for every other kind of packet, and for what cannot be one
 */
export function eventHead(packet: string): EventHead | undefined {
  const plain = EVENT.exec(packet);
  if (plain) return { attachmentCount: 0, namespace: plain[1] ?? '', ackId: plain[2] ?? '' };
  const binary = BINARY_EVENT.exec(packet);
  if (!binary) return undefined;
  return { attachmentCount: Number(binary[1]), namespace: binary[2] ?? '', ackId: binary[3] ?? '' };
}
