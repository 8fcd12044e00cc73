import { BurstWatch } from '../burst-watch.js';
import type { AppendBatch, AppendReport } from '../room-log.js';

/** The most that one script call carries: longer ones would keep Redis from its other clients. */
const MAX_EVENTS = 64;
const MAX_CHARS = 128 * 1024;

interface PendingAppend {
  readonly batch: AppendBatch;
  readonly resolve: (report: AppendReport) => void;
  readonly reject: (error: unknown) => void;
}

/** What became of each batch of a call, in their order. */
export type AppendCallOutcome = { readonly report: AppendReport } | { readonly error: unknown };

/**
 * Makes one call of the batches that different rooms append in one tick. Most of what a call costs, here and in Redis,
 * is the call. Batches that are too large together, or of one room, or of different emitters, are different calls.
 */
export class AppendCalls {
  readonly #send: (batches: readonly AppendBatch[]) => Promise<readonly AppendCallOutcome[]>;
  readonly #watch: BurstWatch;
  #pending: PendingAppend[] = [];

  /**
   * @param send sends at once, before it waits for anything
   * @param isEager whether a batch that comes alone does not wait for the end of its tick
   */
  constructor(
    send: (batches: readonly AppendBatch[]) => Promise<readonly AppendCallOutcome[]>,
    isEager = false,
  ) {
    this.#send = send;
    this.#watch = new BurstWatch(() => this.#flush(), isEager);
  }

  add(batch: AppendBatch): Promise<AppendReport> {
    return new Promise((resolve, reject) => {
      const pending = { batch, resolve, reject };
      if (this.#watch.isAtOnce()) this.#call([pending]);
      else this.#pending.push(pending);
    });
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    let group: PendingAppend[] = [];
    let rooms = new Set<string>();
    let events = 0;
    let chars = 0;
    for (const next of pending) {
      const nextChars = next.batch.events.reduce((sum, { data }) => sum + data.length, 0);
      const fits =
        events + next.batch.events.length <= MAX_EVENTS &&
        chars + nextChars <= MAX_CHARS &&
        !rooms.has(next.batch.room) &&
        next.batch.emitter === group[0]?.batch.emitter;
      if (!fits && group.length > 0) {
        this.#call(group);
        [group, rooms, events, chars] = [[], new Set(), 0, 0];
      }
      group.push(next);
      rooms.add(next.batch.room);
      events += next.batch.events.length;
      chars += nextChars;
    }
    if (group.length > 0) this.#call(group);
  }

  #call(group: readonly PendingAppend[]): void {
    this.#send(group.map(({ batch }) => batch)).then(
      (outcomes) => {
        for (const [index, { resolve, reject }] of group.entries()) {
          const outcome = outcomes[index];
          if (outcome && 'report' in outcome) resolve(outcome.report);
          else reject(outcome?.error);
        }
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error);
      },
    );
  }
}
