import { randomUUID } from 'node:crypto';
import type { UndeliveredHandler } from '../contract/index.js';
import type { CauseLog } from '../logging/index.js';
import type { GatewayMetrics } from '../metrics/index.js';
import { originOf, type RoomLog, type Token } from '../room-log/index.js';
import { parseTaken } from './parse-taken.js';
import type { Ending, ReceiptRegister, TakenEvent } from './receipt-register.js';
import type { ResolvedUndeliveredOptions } from './undelivered-options.js';

/** How often it is looked whether something is due. */
const LOOK_EVERY_MS = 500;

/** For how long, and how often, an event is looked for whose emitter died before the append was answered. */
const UNAPPENDED_FOR_MS = 60_000;
const LOOK_FOR_IT_EVERY_MS = 5000;

/** How far back in the log of its room. */
const MAX_LOOKED_THROUGH = 1000;

export interface UndeliveredLoopSettings {
  readonly register: ReceiptRegister;
  readonly log: Pick<RoomLog, 'newest'>;
  readonly causes: CauseLog;
  readonly metrics: GatewayMetrics;
}

type Result = 'handled' | 'retried' | 'parked' | 'expired' | 'dropped';

/**
 * Takes events that no client has acknowledged in time, and hands them to one handler: as many at a time as it may have.
 * What it takes is its own for `claimIdleMs`, and for longer as long as its process lives.
 */
export class UndeliveredLoop {
  readonly #settings: UndeliveredLoopSettings;
  readonly #handler: UndeliveredHandler<Record<string, unknown>>;
  readonly #options: ResolvedUndeliveredOptions;
  readonly #holder = randomUUID();
  readonly #held = new Map<string, Promise<void>>();
  readonly #counters;
  #timer: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    settings: UndeliveredLoopSettings,
    handler: UndeliveredHandler<Record<string, unknown>>,
    options: ResolvedUndeliveredOptions,
  ) {
    this.#settings = settings;
    this.#handler = handler;
    this.#options = options;
    const counter = (result: Result): ReturnType<GatewayMetrics['counter']> =>
      settings.metrics.counter('fallbacks_total', { result });
    this.#counters = {
      handled: counter('handled'),
      retried: counter('retried'),
      parked: counter('parked'),
      expired: counter('expired'),
      dropped: counter('dropped'),
    };
  }

  start(): void {
    this.#lookIn(0);
    this.#renewing = setInterval(() => this.#renew(), Math.max(30, this.#options.claimIdleMs / 3));
  }

  /** Takes no more, and waits up to `limitMs` for what was taken. What is not done by then is another's in a while. */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    let limit: NodeJS.Timeout | undefined;
    const isOver = new Promise((resolve) => (limit = setTimeout(resolve, limitMs)));
    if (this.#held.size > 0) await Promise.race([Promise.all(this.#held.values()), isOver]);
    clearTimeout(limit);
    clearInterval(this.#renewing);
  }

  #lookIn(ms: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    // With jitter: several processes should not look in one moment.
    this.#timer = setTimeout(() => void this.#look(), ms * (0.75 + Math.random() / 4));
  }

  async #look(): Promise<void> {
    const { register, causes } = this.#settings;
    const { concurrency, claimIdleMs: leaseMs } = this.#options;
    const limit = concurrency - this.#held.size;
    let takenCount = 0;
    if (limit > 0) {
      try {
        const { events, expiredCount } = await register.take({ holder: this.#holder, limit, leaseMs });
        takenCount = events.length;
        if (expiredCount > 0) this.#expired(expiredCount);
        for (const event of events) this.#hold(event);
      } catch (error) {
        causes.warn(
          'undelivered-unknown',
          `Events without an acknowledgement cannot be taken: ${String(error)}`,
        );
      }
    }
    this.#lookIn(limit > 0 && takenCount === limit ? 0 : LOOK_EVERY_MS);
  }

  #hold(event: TakenEvent): void {
    const done = this.#handle(event)
      .catch((error: unknown) => {
        this.#settings.causes.warn(
          'undelivered-unfinished',
          `It could not be noted what became of an undelivered event; it comes again: ${String(error)}`,
        );
      })
      .finally(() => {
        this.#held.delete(event.uid);
        if (this.#held.size === this.#options.concurrency - 1) this.#lookIn(0);
      });
    this.#held.set(event.uid, done);
  }

  async #handle(taken: TakenEvent): Promise<void> {
    const token = taken.token ?? (await this.#find(taken));
    if (token === undefined) return this.#unappended(taken);
    const event = parseTaken(taken, token);
    if (!event) return this.#park(taken, token, 'it cannot be read');
    // Each time its process has died, it seems, or was blocked for longer than its lease.
    if (taken.attempt > this.#options.attempts) return this.#park(taken, token, 'its process has died');
    try {
      await this.#handler(event);
    } catch (error) {
      return this.#failed(taken, token, error);
    }
    this.#counters.handled.inc();
    await this.#finish(taken, { kind: 'handled' });
  }

  async #failed(taken: TakenEvent, token: Token, error: unknown): Promise<void> {
    const { attempts, backoffMs, maxBackoffMs } = this.#options;
    if (taken.attempt >= attempts) return this.#park(taken, token, messageOf(error));
    this.#settings.causes.warn(
      'undelivered-failed',
      `The handler of undelivered events has failed, and is tried again: ${messageOf(error)}`,
    );
    this.#counters.retried.inc();
    const inMs = Math.min(maxBackoffMs, backoffMs * 2 ** (taken.attempt - 1)) * (0.75 + Math.random() / 4);
    await this.#finish(taken, { kind: 'later', inMs });
  }

  async #park(taken: TakenEvent, id: Token, reason: string): Promise<void> {
    const { room, data, emittedAt, attempt } = taken;
    const text = JSON.stringify({ id, room, data, emittedAt, attempt, reason: reason.slice(0, 500) });
    const { maxParked } = this.#options;
    if (!(await this.#finish(taken, { kind: 'parked', text, maxParked }))) return;
    this.#counters.parked.inc();
    this.#settings.causes.error(
      'undelivered-parked',
      `An undelivered event was parked after ${taken.attempt} attempts: ${reason}. Nobody is told any more.`,
    );
  }

  /** Its emitter has not said that it was appended: it died, or waits for an answer. */
  async #unappended(taken: TakenEvent): Promise<void> {
    if (taken.ageMs < UNAPPENDED_FOR_MS) {
      await this.#finish(taken, { kind: 'later', inMs: LOOK_FOR_IT_EVERY_MS, isFree: true });
      return;
    }
    this.#counters.dropped.inc();
    await this.#finish(taken, { kind: 'dropped' });
  }

  async #find({ uid, room }: TakenEvent): Promise<Token | undefined> {
    const look = await this.#settings.log.newest(room, MAX_LOOKED_THROUGH);
    if (look.verdict !== 'chain') return undefined;
    return look.events.findLast(({ token }) => {
      const origin = originOf(token);
      return origin && `${origin.emitter}${origin.seq}` === uid;
    })?.token;
  }

  #finish({ uid }: TakenEvent, ending: Ending): Promise<boolean> {
    return this.#settings.register.finish(this.#holder, uid, ending);
  }

  #expired(count: number): void {
    this.#counters.expired.inc(count);
    this.#settings.causes.error(
      'undelivered-expired',
      `${count} undelivered events were dropped: no process has handled them for too long.`,
    );
  }

  #renew(): void {
    if (this.#held.size === 0) return;
    this.#settings.register
      .renew(this.#holder, [...this.#held.keys()], this.#options.claimIdleMs)
      // The next one is in time, or another process takes over.
      .catch(() => undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error || (error as { message?: unknown } | null)?.message
    ? String((error as { message: unknown }).message)
    : String(error);
}
