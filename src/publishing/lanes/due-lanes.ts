import { BurstWatch } from '../../room-log/index.js';
import type { Lane } from './lane.js';

/** The lanes that send at the end of this tick, so that what is emitted in one tick is one batch, and those that need not wait for it. */
export class DueLanes {
  readonly #send: (lane: Lane) => void;
  readonly #watch: BurstWatch;
  readonly #due = new Set<Lane>();

  /** @param isEager whether an event that comes alone is sent before the code behind its emit has ended */
  constructor(send: (lane: Lane) => void, isEager: boolean) {
    this.#send = send;
    this.#watch = new BurstWatch(() => this.#sendDue(), isEager);
  }

  /** Something was emitted to a lane that may send. */
  emitted(lane: Lane): void {
    if (this.#watch.isAtOnce()) this.#send(lane);
    else this.#due.add(lane);
  }

  /** Something was emitted to a lane that may not send now. */
  waits(): void {
    this.#watch.another();
  }

  /** A lane may send again. */
  add(lane: Lane): void {
    this.#watch.leave();
    this.#due.add(lane);
  }

  #sendDue(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const lane of due) this.#send(lane);
  }
}
