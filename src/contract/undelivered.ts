import type { EventName, EventPayload, GatewayEvents } from './gateway-events.js';

/** An event with a `fallback` that no client of its user has acknowledged in time. */
export type UndeliveredEvent<Events = GatewayEvents> = {
  [Name in EventName<Events>]: {
    readonly userId: string;
    readonly event: Name;
    readonly data: EventPayload<Events, Name>;
    /** The event's token. It is the same at each attempt: what must not happen twice can be told by it. */
    readonly id: string;
    /** The user's own room. */
    readonly room: string;
    /** When it was emitted, in ms since 1970, by the clock of its emitter. */
    readonly emittedAt: number;
    /** 1 at first; more when a handler has failed, or its process has died, before. */
    readonly attempt: number;
    /** Of an emit that was traced: its place in the trace, as W3C's Trace Context writes it. */
    readonly traceparent?: string;
  };
}[EventName<Events>];

/**
 * Does for a user what an event was to do, such as sending an e-mail. A rejection is tried again. Called at least once:
 * again when the process dies before it was noted that the handler is done.
 */
export type UndeliveredHandler<Events = GatewayEvents> = (event: UndeliveredEvent<Events>) => unknown;

/** How undelivered events are handled. Processes of one namespace should agree. */
export interface UndeliveredOptions {
  /** How often the handler is tried for an event; then it is parked. 1 to 100. @default 5 */
  attempts?: number | undefined;
  /** The pause before the second attempt, doubling with each, in ms, 1 to 3,600,000. @default 1000 */
  backoffMs?: number | undefined;
  /** The longest pause, in ms, 1 to 86,400,000. @default 300000 */
  maxBackoffMs?: number | undefined;
  /**
   * After how long another process handles the events of one that died, in ms, 100 to 3,600,000. A handler that runs
   * longer keeps its event, as long as its process is not blocked for that long. @default 60000
   */
  claimIdleMs?: number | undefined;
  /** How many events this process handles at a time, 1 to 1000. @default 10 */
  concurrency?: number | undefined;
  /** How many parked events are kept, the newest, 1 to 100,000. @default 1000 */
  maxParked?: number | undefined;
}
