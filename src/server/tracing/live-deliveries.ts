import type { Namespace } from 'socket.io';
import { isTraceparent, type GatewayTracing } from '../../tracing/index.js';

/** A live event that is about to be handed to sockets of this server. */
export interface LiveDelivery {
  /** None is everybody. */
  readonly rooms: readonly string[];
  readonly event: unknown;
  /** What it carries; what came from Redis may be anything. */
  readonly traceparent: unknown;
}

/** Tells the tracing which live events are handed to sockets of this server, its own and those of other processes. */
export class LiveDeliveries {
  readonly #tracing: GatewayTracing;

  constructor(tracing: GatewayTracing) {
    this.#tracing = tracing;
  }

  /**
   * To be called before the event is handed over.
   *
   * @returns tells that it was; undefined when it carries no traceparent, or nobody is there
   */
  begin(namespace: Namespace, { rooms, event, traceparent }: LiveDelivery): (() => void) | undefined {
    if (!isTraceparent(traceparent)) return undefined;
    const sockets = socketCount(namespace, rooms);
    if (sockets === 0) return undefined;
    const startedAt = performance.now();
    const [room = null, ...others] = rooms;
    return () =>
      this.#tracing.delivered({
        room: others.length === 0 ? room : '',
        delivery: 'live',
        traceparent,
        id: undefined,
        sockets,
        event: () => (typeof event === 'string' ? event : undefined),
        startedAt,
      });
  }

  /** The same for a broadcast of another process, as an adapter decodes it: `[sender, packet, options]`. */
  beginBroadcast(namespace: Namespace, message: unknown, ownId: string): (() => void) | undefined {
    const [sender, packet, options] = message as [unknown, { data?: unknown[]; nsp?: string }, Options];
    const { rooms, flags } = options;
    if (flags?.traceparent === undefined || sender === ownId) return undefined;
    if ((packet.nsp ?? '/') !== namespace.name) return undefined;
    return this.begin(namespace, {
      rooms: rooms.map(String),
      event: packet.data?.[0],
      traceparent: flags.traceparent,
    });
  }
}

interface Options {
  readonly rooms: readonly unknown[];
  readonly flags?: { readonly traceparent?: unknown } | null;
}

/** Without regard to who is left out. */
function socketCount(namespace: Namespace, rooms: readonly string[]): number {
  if (rooms.length === 0) return namespace.sockets.size;
  const ofRooms = namespace.adapter.rooms;
  return rooms.reduce((count, room) => count + (ofRooms.get(room)?.size ?? 0), 0);
}
