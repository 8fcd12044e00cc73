import type { GapReason } from '../../contract/index.js';
import type { Counter, GatewayMetrics, Histogram } from '../../metrics/index.js';
import { streamIdOf, type Token } from '../../room-log/index.js';
import type { AttachReport } from './attach-report.interface.js';

/** Of how many events the time of one is measured: reading two clocks and a token costs more than counting. */
const SAMPLE_EVERY = 16;

const GAP_REASONS: readonly GapReason[] = ['trimmed', 'expired', 'rolled-back', 'limit', 'unreadable'];

/** Counts what sockets are sent. A few additions for each event, however many sockets get it. */
export class DeliveryMeter {
  readonly #durable: Counter;
  readonly #latest: Counter;
  readonly #replayed: Counter;
  readonly #attaches: Readonly<Record<'present' | 'recovered' | 'gap', Counter>>;
  readonly #gaps: ReadonlyMap<GapReason, Counter>;
  readonly #appendToSocket: Histogram;
  readonly #logTime: () => number;
  /** The first one is measured: a server with little to do is measured too. */
  #untilSample = 1;

  /** @param logTime the time in ms of the clock by which the log makes tokens */
  constructor(metrics: GatewayMetrics, logTime: () => number) {
    this.#durable = metrics.counter('delivered_events_total', { delivery: 'durable' });
    this.#latest = metrics.counter('delivered_events_total', { delivery: 'latest' });
    this.#replayed = metrics.counter('replayed_events_total');
    const attaches = (result: string): Counter => metrics.counter('attaches_total', { result });
    this.#attaches = {
      present: attaches('present'),
      recovered: attaches('recovered'),
      gap: attaches('gap'),
    };
    this.#gaps = new Map(GAP_REASONS.map((reason) => [reason, metrics.counter('gaps_total', { reason })]));
    this.#appendToSocket = metrics.histogram('append_to_socket_seconds');
    this.#logTime = logTime;
  }

  /** An event that has just been appended was handed to sockets. */
  event(token: Token, sockets: number): void {
    this.#durable.inc(sockets);
    if (--this.#untilSample > 0) return;
    this.#untilSample = SAMPLE_EVERY;
    this.#appendToSocket.observe(Math.max(0, this.#logTime() - streamIdOf(token).ms) / 1000);
  }

  /** An event that is in the log a second time was handed to a socket. */
  repeated(): void {
    this.#durable.inc();
  }

  /** Latest values were handed to sockets. */
  latest(count: number): void {
    this.#latest.inc(count);
  }

  /** A gap was announced to so many sockets. */
  gap(reason: GapReason, sockets: number): void {
    this.#gaps.get(reason)?.inc(sockets);
  }

  /** A socket was sent an event that it had missed. */
  replayed(): void {
    this.#replayed.inc();
    this.#durable.inc();
  }

  attached({ recovered }: Pick<AttachReport, 'recovered'>): void {
    this.#attaches[recovered === null ? 'present' : recovered ? 'recovered' : 'gap'].inc();
  }
}
