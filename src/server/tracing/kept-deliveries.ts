import type { RoomEvent } from '../../room-log/index.js';
import { traceparentIn, type GatewayTracing } from '../../tracing/index.js';

/** Tells that it has ended, and how many sockets were handed the event. */
export type EndDelivery = (sockets: number) => void;

/** Tells the tracing which kept events are handed to the sockets of a room: one delivery for all of them. */
export class KeptDeliveries {
  readonly #tracing: GatewayTracing;

  constructor(tracing: GatewayTracing) {
    this.#tracing = tracing;
  }

  /** Undefined when the event carries no traceparent, or cannot be read. */
  durable(room: string, { token, data }: RoomEvent): EndDelivery | undefined {
    return data === null ? undefined : this.#begin('durable', room, data, token);
  }

  /** Undefined when the value carries no traceparent. */
  latest(room: string, data: string): EndDelivery | undefined {
    return this.#begin('latest', room, data, undefined);
  }

  #begin(
    delivery: 'durable' | 'latest',
    room: string,
    data: string,
    id: string | undefined,
  ): EndDelivery | undefined {
    const traceparent = traceparentIn(data);
    if (traceparent === undefined) return undefined;
    const startedAt = performance.now();
    const event = (): string | undefined => nameIn(data);
    return (sockets) => {
      if (sockets === 0) return;
      this.#tracing.delivered({ room, delivery, traceparent, id, sockets, event, startedAt });
    };
  }
}

/** The event's name in what an emitter wrote. */
function nameIn(data: string): string | undefined {
  const json = /^"(?:[^"\\]|\\.)*"/.exec(data)?.[0];
  try {
    return json === undefined ? undefined : (JSON.parse(json) as string);
  } catch {
    return undefined;
  }
}
