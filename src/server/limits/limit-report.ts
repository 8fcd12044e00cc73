import type { CauseLog } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';

/** What a client was refused, or ended, for, with what the log says of it. */
const LIMITS = {
  'packet-size': 'A client sent a packet that is larger than limits.maxPacketBytes',
  'events-per-socket': 'Events of a client were refused: more than limits.eventsPerSecond.perSocket',
  'events-per-user': 'Events of a user were refused: more than limits.eventsPerSecond.perUser',
  flood: 'A client was disconnected: it sent ten times limits.eventsPerSecond.perSocket',
  'bytes-per-socket': 'A client is read more slowly: it sent more than limits.bytesPerSecond.perSocket',
  'bytes-per-user':
    'A user, or an address without one, is read more slowly: it sent more than limits.bytesPerSecond.perUser',
  'flood-pause': 'A user was refused a new connection: limits.floodPauseMs have not passed since a flood',
  rooms: 'A client may join no more rooms: limits.roomsPerSocket',
  joins: 'A join or leave of a client was refused: as many wait as limits.joinsInFlight',
  'checks-per-user':
    'Refreshes or joins of a user were refused: more refreshes and refused joins than limits.checksPerSecond',
  connections: 'A user has more connections than limits.connectionsPerUser',
  handshake: 'A connection was not in a namespace within limits.handshakeTimeoutMs',
  'handshakes-per-user': 'A user was refused: it connects more often than limits.handshakesPerSecond.perUser',
  'handshakes-per-address':
    'An address was refused: more of its handshakes come to nothing than limits.handshakesPerSecond.refusedPerAddress',
  'handshakes-per-socket':
    'A client was refused: it asks for namespaces more often than limits.handshakesPerSecond.perUser',
  'handshakes-twice': 'A client asked for a namespace again before it was answered: it is let in once',
  namespaces: 'A client may be in no more namespaces: limits.namespacesPerConnection',
  unauthenticated: 'An address has more connections without a user than limits.unauthenticatedPerAddress',
} as const;

/** The name of a limit, as the label of the counter. */
export type LimitName = keyof typeof LIMITS;

/** Counts what was refused because of a limit, and says so in the log, once per limit and period. */
export class LimitReport {
  readonly #causes: CauseLog;
  readonly #counters: Readonly<Record<LimitName, Counter>>;

  constructor(metrics: GatewayMetrics, causes: CauseLog) {
    this.#causes = causes;
    this.#counters = Object.fromEntries(
      Object.keys(LIMITS).map((limit) => [limit, metrics.counter('limited_total', { limit })]),
    ) as Record<LimitName, Counter>;
  }

  refused(limit: LimitName): void {
    this.#counters[limit].inc();
    this.#causes.warn(`limited:${limit}`, `${LIMITS[limit]}.`);
  }
}
