import type { EngineConnection } from '../limits/index.js';

/** What a packet takes beside its bytes while it waits. */
const PACKET_BYTES = 100;

/** How many bytes wait to be read by a client, in the engine and in its transport; exact up to `enough`. */
export function queuedBytes({ writeBuffer, transport }: EngineConnection, enough: number): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) {
    if (bytes > enough) break;
    bytes += (data?.length ?? 0) + PACKET_BYTES;
  }
  return bytes;
}
