import {
  createEmitterId,
  type AppendBatch,
  type AppendEvent,
  type AppendReport,
  type Token,
} from '../../../../src/room-log/index.js';

/** The lane of an emitter, without its clock and its network: those are the simulation's. */
export class SimulatedEmitter {
  readonly #room: string;
  #id = createEmitterId();
  #seq = 0;
  #pending: AppendEvent[] = [];
  #unanswered: AppendEvent[] = [];
  #retained: AppendEvent[] = [];
  #sent = new Set<AppendEvent>();
  #token: Token | undefined;
  /** The JSON of the events that it was told are in the log. */
  readonly acknowledged = new Set<string>();

  constructor(room: string) {
    this.#room = room;
  }

  get isIdle(): boolean {
    return this.#pending.length === 0 && this.#unanswered.length === 0;
  }

  emit(options: { clears?: string | undefined; dedupeKey?: string | undefined } = {}): void {
    const seq = ++this.#seq;
    this.#pending.push({ kind: 'durable', seq, data: `"${this.#id}:${seq}"`, ...options });
  }

  emitLatest(key: string): void {
    const seq = ++this.#seq;
    this.#pending.push({ kind: 'latest', seq, key, data: `"${this.#id}:${seq}"` });
  }

  /** What it sends now: the unanswered batch again, or the next one. */
  nextBatch(maxEvents: number): AppendBatch | undefined {
    if (this.#unanswered.length === 0) this.#unanswered = this.#pending.splice(0, maxEvents);
    const events = this.#unanswered;
    if (events.length === 0) return undefined;
    const isRetry = events.some((event) => this.#sent.has(event));
    for (const event of events) this.#sent.add(event);
    const last = this.#retained.at(-1);
    const firstSentAt = performance.now();
    return {
      room: this.#room,
      emitter: this.#id,
      events,
      firstSentAt,
      isRetry,
      acknowledged: last && { seq: last.seq, firstSentAt, token: this.#token },
    };
  }

  answered(report: AppendReport): void {
    if (report.status === 'forgotten') {
      this.resend();
      return;
    }
    for (const outcome of report.outcomes) {
      if (outcome.outcome === 'appended' || outcome.outcome === 'before')
        this.#token = outcome.token ?? this.#token;
    }
    for (const event of this.#unanswered) if (event.kind === 'durable') this.acknowledged.add(event.data);
    this.#retained.push(...this.#unanswered);
    this.#unanswered = [];
  }

  /** Redis may have forgotten: everything again, oldest first, before anything newer. */
  resend(): void {
    this.#pending = [...this.#retained, ...this.#unanswered, ...this.#pending];
    this.#retained = [];
    this.#unanswered = [];
    this.#token = undefined;
  }

  /** Another process in its place, which knows nothing. */
  restart(): void {
    this.#id = createEmitterId();
    this.#seq = 0;
    this.#pending = [];
    this.#unanswered = [];
    this.#retained = [];
    this.#token = undefined;
    this.#sent = new Set();
    this.acknowledged.clear();
  }
}
