import { byId, setAttribute, setText } from '../dom.js';
import * as format from '../format.js';
import { BeatCounter } from './beat-counter.js';

const FIGURES = ['sent', 'received', 'underway', 'missing', 'repeated'];

/** Shows whether what the server emits all the while comes to this page: by number, each of it once. */
export class BeatsPanel {
  #counters = { durable: new BeatCounter(), live: new BeatCounter() };
  /** @type {{ run: string, durable: number, live: number, refused: number } | undefined} */
  #sender;

  /**
   * @param {'durable' | 'live'} delivery
   * @param {{ run: string, number: number }} beat of a server; those of others than the one that is asked do not count
   */
  take(delivery, beat) {
    if (beat.run === this.#sender?.run) this.#counters[delivery].take(beat);
  }

  /** @param {{ run: string, durable: number, live: number, refused: number }} counts by the server's word */
  sent(counts) {
    this.#sender = counts;
  }

  show() {
    if (this.#sender === undefined) return;
    const { run, refused } = this.#sender;
    for (const [delivery, counter] of Object.entries(this.#counters)) {
      const sender = { run, sent: this.#sender[delivery] };
      const missing = delivery === 'durable' ? Math.max(0, counter.missing - refused) : counter.missing;
      const values = {
        sent: counter.received === 0 ? 0 : counter.sent(sender),
        received: counter.received,
        underway: counter.received === 0 ? 0 : counter.underway(sender),
        missing,
        repeated: counter.repeated,
      };
      for (const name of FIGURES) {
        const cell = byId(`${delivery}-${name}`);
        setText(cell, format.count(values[name]));
        if (name === 'missing' || name === 'repeated') setAttribute(cell, 'data-some', values[name] > 0);
      }
    }
    byId('beats-refused').hidden = refused === 0;
    setText(
      byId('beats-refused'),
      `${format.plural(refused, 'event')} did not fit into the outbox, which the emitter was told.`,
    );
  }
}
