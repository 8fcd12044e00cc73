import type { Delivery, EmitResult } from '../contract/index.js';
import type { EmitCall, GatewayTracing } from '../tracing/index.js';
import type { LibraryPlan } from './library-events.js';
import type { Publisher } from './publisher.interface.js';

/** What an emit that is being prepared carries, and what is learnt of it. */
interface Preparing {
  readonly traceparent: string | undefined;
  delivery: Delivery | undefined;
}

/** No name of a room or a user is longer. */
const MAX_LENGTH = 1024;

/** A {@link Publisher} whose emits are traced, from the call to the result. One to several users is one emit. */
export class TracedPublisher implements Publisher {
  readonly #tracing: GatewayTracing;
  readonly #publisher: Publisher;
  #preparing: Preparing | undefined;

  /**
   * @param make makes the publisher, which asks what an emit carries while it prepares it: in the tick of its call
   */
  constructor(
    tracing: GatewayTracing,
    make: (traceparent: (delivery: Delivery) => string | undefined) => Publisher,
  ) {
    this.#tracing = tracing;
    this.#publisher = make((delivery) => {
      if (this.#preparing) this.#preparing.delivery = delivery;
      return this.#preparing?.traceparent;
    });
  }

  toUser(userId: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    const id = nameIn(userId);
    const room = id === undefined ? undefined : `user:${id}`;
    return this.#trace({ room, event, rooms: 1 }, () => this.#publisher.toUser(userId, event, data, options));
  }

  toUsers(userIds: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult[]> {
    const call = { room: 'user:', event, rooms: countOf(userIds) };
    return this.#trace(call, () => this.#publisher.toUsers(userIds, event, data, options));
  }

  toRoom(room: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    const call = { room: nameIn(room), event, rooms: 1 };
    return this.#trace(call, () => this.#publisher.toRoom(room, event, data, options));
  }

  toRoomByPlan(room: string, event: string, data: unknown, plan: LibraryPlan): Promise<EmitResult> {
    return this.#trace({ room, event, rooms: 1 }, () =>
      this.#publisher.toRoomByPlan(room, event, data, plan),
    );
  }

  toAll(event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#trace({ room: null, event, rooms: 1 }, () => this.#publisher.toAll(event, data, options));
  }

  close(): void {
    this.#publisher.close();
  }

  #trace<Result extends EmitResult | EmitResult[]>(
    call: EmitCall,
    emit: () => Promise<Result>,
  ): Promise<Result> {
    const traced = this.#tracing.emit(call);
    // A payload's toJSON may emit in its turn: then the outer one is being prepared again.
    const outer = this.#preparing;
    const preparing: Preparing = { traceparent: traced?.traceparent, delivery: undefined };
    this.#preparing = preparing;
    let emitted: Promise<Result>;
    try {
      emitted = emit();
    } finally {
      this.#preparing = outer;
    }
    if (traced) {
      void emitted.then((result) =>
        traced.end({ delivery: preparing.delivery, results: Array.isArray(result) ? result : [result] }),
      );
    }
    return emitted;
  }
}

/** What is neither a text nor a number cannot be a name, and is not looked at: it may be hostile. */
function nameIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length < MAX_LENGTH ? value.normalize() : undefined;
}

/** What throws when it is looked at is refused by the publisher, and not here. */
function countOf(list: unknown): number {
  try {
    return Array.isArray(list) ? list.length : 0;
  } catch {
    return 0;
  }
}
