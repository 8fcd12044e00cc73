import type { Delivery, EmitResult } from '../contract/index.js';

/** An emit that an application has called. */
export interface EmitCall {
  /**
   * The room, as it was given: that of the user where it is a user, and `user:` alone where they are several. Null is everybody,
   * undefined what cannot be a room.
   */
  readonly room: string | null | undefined;
  /** As it was given. */
  readonly event: unknown;
  /** How many rooms it is emitted to. */
  readonly rooms: number;
}

/** What became of an emit. */
export interface EmitOutcome {
  /** How the event travelled; undefined when it was refused before that was known. */
  readonly delivery: Delivery | undefined;
  /** One for each room, or one for all. */
  readonly results: readonly EmitResult[];
}

/** An emit that is traced. */
export interface TracedEmit {
  /**
   * What the event carries to its receivers: a `traceparent` of W3C's Trace Context, version 00. Anything else is not carried.
   */
  readonly traceparent: string | undefined;
  /** Called once, with what became of it. */
  end(outcome: EmitOutcome): void;
}

/** What the steps after an emit have in common. */
interface Step {
  /** When it began, as `performance.now()` counts. It has ended when it is told of. */
  readonly startedAt: number;
}

/** Events of one room were given to the log in one step, or could not be. */
export interface AppendStep extends Step {
  readonly room: string;
  /** Of those events that carry one, each once, in their order: at least one. */
  readonly traceparents: readonly string[];
  /** How many events there are, with those that carry none. */
  readonly events: number;
  /** Whether any of them may have been sent before. */
  readonly isRetry: boolean;
  /** The id of a single event, if it is in the log. */
  readonly id: string | undefined;
  /** The code of an error, if it failed. */
  readonly error: string | undefined;
}

/** An event was handed to the sockets of this server that are in its room: at least one. */
export interface DeliveryStep extends Step {
  /** Null is everybody. */
  readonly room: string | null;
  readonly delivery: Delivery;
  readonly traceparent: string;
  /** Of a durable event. */
  readonly id: string | undefined;
  readonly sockets: number;
  /** The event's name, which costs a little to find out. */
  readonly event: () => string | undefined;
}

/**
 * Who is told of an event's way: of its emit, of its append to the log and of its delivery, each in the process in which it
 * happens. Nothing that it does may take long; what it throws is logged.
 */
export interface GatewayTracing {
  /** Called in the tick of the emit: what is active there has caused it. Returns undefined when it is not to be traced. */
  emit(call: EmitCall): TracedEmit | undefined;
  appended(step: AppendStep): void;
  delivered(step: DeliveryStep): void;
}

/** Traces nothing. */
export const NO_TRACING: GatewayTracing = Object.freeze({
  emit: () => undefined,
  appended: () => undefined,
  delivered: () => undefined,
});
