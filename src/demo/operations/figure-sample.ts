/** What a process of the demo counted and measured, at one moment. Totals begin with the process. */
export interface FigureSample {
  /** In milliseconds since 1970. */
  time: number;
  /** Whether the process says of itself that it may be relied on. */
  ready: boolean;
  /** What its readiness rests on: what it knows of Redis, in the library's own word. */
  redis: string;
  /** Whether all of its connections to Redis are up; null when it has none to make. */
  connected: boolean | null;
  /** How long ago something came through the whole path from Redis, in ms; null where nothing is sent through it. */
  probeAgeMs: number | null;
  /** Sockets that are connected to it. */
  connections: number;
  /** Totals of settled emits, by delivery and status: `durable published`. */
  emits: Record<string, number>;
  /** Kept events that Redis has not taken yet. */
  outbox: number;
  /** How long the oldest of them has waited, in ms. */
  outboxAgeMs: number;
  /** Total of gaps that were announced. */
  gaps: number;
  /** Total of holes that were filled. */
  holesFilled: number;
  /**
   * How long durable events took from their append to the sockets: for each of {@link ProcessFigures.latencyBounds} the
   * total of those that took no longer, and last of all.
   */
  latency: number[];
}

/** The figures of a process, as they travel to the page. */
export interface ProcessFigures {
  role: 'server' | 'worker';
  pid: number;
  /** In seconds, ascending. */
  latencyBounds: number[];
  /** The oldest first. */
  samples: FigureSample[];
}
