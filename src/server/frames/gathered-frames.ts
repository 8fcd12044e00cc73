import type { Writable } from 'node:stream';
import type { Socket } from 'socket.io';
import type { EngineConnection } from '../limits/index.js';
import { cutFailed } from './cut-failed.js';

/** What Engine.IO's socket and transports have beside their types. */
interface Engine {
  readonly transport: Transport;
  flush(): void;
}

interface Transport {
  readonly name: string;
  /** Whether nothing is being sent. While it is false, the engine keeps packets and sends them together afterwards. */
  writable: boolean;
  readonly readyState: string;
  send(packets: readonly { readonly type: string }[]): void;
  /** Of the websocket transport: the connection that ws writes to. */
  readonly socket?: { readonly _socket?: Writable };
}

interface Gathered {
  readonly engine: Engine;
  readonly transport: Transport;
}

let gathered: Gathered[] = [];

/** How many frames this tick has had. */
let inTick = 0;

/** Whether the last tick with frames had more than one. */
let wasBurst = false;

/** What the first frame of this tick was sent on, when that was at once. */
let first: Transport | undefined;

/**
 * To be called right before a frame is sent to a socket. From now to the end of the tick, what the socket is sent is kept by
 * its engine, and leaves as one write: a system call for each frame is the largest part of what an event costs a server.
 * Frames keep their order with whatever else is sent.
 *
 * The first of a tick leaves at once, before all is noted about it, unless there were more in the last tick that had any:
 *
 *     one in each tick:    each leaves at once
 *     64 in each tick:     the first one of all leaves at once, 63 at the end of their tick; then always 64
 */
export function gatherFrames({ conn }: Socket): void {
  const engine = conn as unknown as Engine;
  const { transport } = engine;
  if (inTick++ === 0) {
    process.nextTick(endTick);
    // Nothing but a websocket can be written to twice in one tick.
    if (!wasBurst && transport.name === 'websocket' && transport.writable) {
      first = transport;
      return;
    }
  }
  if (transport === first) first = undefined;
  // Not when it has been sending before this tick: then it keeps what comes anyway.
  else if (!transport.writable) return;
  transport.writable = false;
  gathered.push({ engine, transport });
}

function endTick(): void {
  wasBurst = inTick > 1;
  inTick = 0;
  first = undefined;
  if (gathered.length > 0) sendGathered();
}

function sendGathered(): void {
  const all = gathered;
  gathered = [];
  for (const { engine, transport } of all) {
    // It may have been closed within the tick.
    if (transport.readyState !== 'open') {
      answerClosing(transport);
      continue;
    }
    const connection = transport.socket?._socket;
    connection?.cork();
    transport.writable = true;
    try {
      engine.flush();
    } catch (error) {
      cutFailed(engine as unknown as EngineConnection, error);
    } finally {
      connection?.uncork();
    }
  }
}

/** A request that is kept open was taken for answered when its connection was closed: its client would wait until it gives up. */
function answerClosing(transport: Transport): void {
  if (transport.name !== 'polling' || transport.readyState !== 'closing') return;
  transport.writable = true;
  transport.send([{ type: 'noop' }]);
}
