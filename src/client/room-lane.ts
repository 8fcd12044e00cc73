import { originOf } from './origin-of.js';
import type { Mark, PositionLedger } from './position-ledger.js';

/** What has arrived in a room and is to be handled in its turn: an event, or a gap. */
export interface Step {
  /** The event's token. */
  readonly id?: string;
  /** Whether it can be handled now; one that cannot lets others pass. */
  isPossible(): boolean;
  /** Never rejects. */
  handle(): Promise<unknown> | undefined;
  /** Told when it has been handled, whatever its handlers threw; or that it has arrived again, and is not handled again. */
  readonly done?: (isRepeat?: true) => void;
  /** It leaves behind what has not been handled before it. */
  readonly isGap?: true;
}

/** A step, and what is closed when it has been handled: several marks when it has arrived several times. */
interface QueuedStep {
  readonly step: Step;
  readonly marks: Mark[];
}

/**
 * Handles what arrives in a room one after the other, in the order of its arrival. Steps that are not possible yet keep
 * their place: they are handled before everything behind them that has not been handled by then.
 */
export class RoomLane {
  readonly #ledger: PositionLedger;
  readonly #advanced: () => void;
  #queue: QueuedStep[] = [];
  #current: QueuedStep | undefined;

  constructor(ledger: PositionLedger, advanced: () => void) {
    this.#ledger = ledger;
    this.#advanced = advanced;
  }

  /** How many steps wait until they are possible. */
  get waitingCount(): number {
    return this.#queue.filter(({ step }) => !step.isPossible()).length;
  }

  add(step: Step, marks: Mark[]): void {
    this.#queue.push({ step, marks });
    this.run();
  }

  /** An event that has arrived before has arrived again, and counts here too when it has been handled. */
  repeat({ id, done }: Step, mark: Mark): void {
    // It may have another token than before.
    const same = [this.#current, ...this.#queue].find((queued) => originOf(queued?.step.id) === originOf(id));
    if (same) same.marks.push(mark);
    else {
      this.#close(mark);
      done?.(true);
    }
  }

  /** Handles what is possible; at once, as long as no handler returns a promise. */
  run(): void {
    while (!this.#current) {
      const index = this.#queue.findIndex(({ step }) => step.isPossible());
      const queued = this.#queue[index];
      if (!queued) return;
      this.#queue.splice(index, 1);
      this.#current = queued;
      const pending = queued.step.handle();
      if (pending) void pending.then(() => this.#finish(queued)).then(() => this.run());
      else this.#finish(queued);
    }
  }

  /** Nothing more is handed over. */
  stop(): void {
    this.#queue = [];
  }

  #finish({ step, marks }: QueuedStep): void {
    this.#current = undefined;
    step.done?.();
    for (const mark of marks) this.#close(mark, step.isGap);
  }

  #close(mark: Mark, isGap?: true): void {
    if (isGap) this.#ledger.closeOver(mark);
    else this.#ledger.close(mark);
    this.#advanced();
  }
}
