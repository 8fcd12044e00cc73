import type { Writable } from 'node:stream';
import type { Socket } from 'socket.io';

/** What Engine.IO's socket and transports have beside their types. */
interface Engine {
  readonly transport: Transport;
  flush(): void;
}

interface Transport {
  /** Whether nothing is being sent. While it is false, the engine keeps packets and sends them together afterwards. */
  writable: boolean;
  readonly readyState: string;
  /** Of the websocket transport: the connection that ws writes to. */
  readonly socket?: { readonly _socket?: Writable };
}

interface Gathered {
  readonly engine: Engine;
  readonly transport: Transport;
}

let gathered: Gathered[] = [];

/**
 * From now to the end of the tick, what a socket is sent is kept by its engine, and leaves as one write: a system call for
 * each frame is the largest part of what an event costs a server. Frames keep their order with whatever else is sent, and
 * an event that comes alone leaves as soon as without it.
 */
export function gatherFrames({ conn }: Socket): void {
  const engine = conn as unknown as Engine;
  const { transport } = engine;
  // Not when it is sending: then it keeps what comes anyway.
  if (!transport.writable) return;
  transport.writable = false;
  if (gathered.push({ engine, transport }) === 1) process.nextTick(sendGathered);
}

function sendGathered(): void {
  const all = gathered;
  gathered = [];
  for (const { engine, transport } of all) {
    // It may have been closed within the tick.
    if (transport.readyState !== 'open') continue;
    const connection = transport.socket?._socket;
    connection?.cork();
    transport.writable = true;
    engine.flush();
    connection?.uncork();
  }
}
