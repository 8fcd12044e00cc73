import * as format from '../format.js';
import { awaySince, conditionOf } from './condition.js';

/**
 * @typedef {object} Happening something that has happened, in words
 * @property {number} time
 * @property {'bad' | 'good' | 'news'} kind
 * @property {string} text
 */

/** @typedef {{ from: number, to: number | undefined }} Outage in which Redis did not answer; `to` is undefined while it lasts */

/** Finds in the samples of a process what has happened: each time once. */
export class Watch {
  /** @type {Outage[]} */
  outages = [];
  #name;
  #before;
  /** How many events have waited in the outbox for Redis, of an outage that is not told to the end. */
  #waiting = 0;

  /** @param {'Server' | 'Worker'} name of its kind */
  constructor(name) {
    this.#name = name;
  }

  /** The outage that lasts. @returns {Outage | undefined} */
  get outage() {
    const last = this.outages.at(-1);
    return last?.to === undefined ? last : undefined;
  }

  /**
   * @param {import('../../operations/index.js').FigureSample & { pid: number }} sample the next
   * @returns {Happening[]}
   */
  look(sample) {
    const before = this.#before;
    this.#before = sample;
    if (before !== undefined && before.pid !== sample.pid) return this.#replaced(before, sample);
    return [
      ...this.#redis(sample),
      ...this.#readiness(before, sample),
      ...this.#count(before, sample, 'gaps', (count) => ({
        kind: 'bad',
        text: `Events were missing: ${format.plural(count, 'gap')} announced`,
      })),
      ...this.#count(before, sample, 'holesFilled', (count) => ({
        kind: 'news',
        text: `${format.plural(count, 'hole')} filled from the log`,
      })),
    ];
  }

  #redis(sample) {
    const isAway = conditionOf(sample) === 'away';
    const { outage } = this;
    const { time, outbox } = sample;
    if (isAway) this.#waiting = Math.max(this.#waiting, outbox);
    if (isAway && outage === undefined) {
      const from = awaySince(sample);
      this.outages.push({ from, to: undefined });
      return [{ time: from, kind: 'bad', text: `Redis does not answer ${this.#of(sample)}` }];
    }
    const happenings = [];
    if (!isAway && outage !== undefined) {
      outage.to = time;
      const text = `Redis answers ${this.#of(sample)} again, after ${format.duration(time - outage.from)}`;
      happenings.push({ time, kind: 'good', text });
    }
    if (!isAway && outbox === 0 && this.#waiting > 0) {
      const text = `The outbox of ${this.#of(sample)} is empty: ${format.plural(this.#waiting, 'event')} had waited in it`;
      happenings.push({ time, kind: 'good', text });
      this.#waiting = 0;
    }
    return happenings;
  }

  #readiness(before, sample) {
    if (before === undefined || before.ready === sample.ready) return [];
    const text = `${this.#of(sample)} is ${sample.ready ? 'ready again' : 'not ready'}`;
    return [{ time: sample.time, kind: sample.ready ? 'good' : 'bad', text }];
  }

  #count(before, sample, name, tell) {
    const count = sample[name] - (before?.[name] ?? sample[name]);
    return count > 0 ? [{ time: sample.time, ...tell(count) }] : [];
  }

  #replaced(before, sample) {
    this.#waiting = 0;
    const { outage } = this;
    if (outage !== undefined) outage.to = before.time;
    const text = `${this.#of(before)} was replaced by process ${sample.pid}`;
    return [{ time: sample.time, kind: 'news', text }, ...this.#redis(sample)];
  }

  #of({ pid }) {
    return `${this.#name} ${pid}`;
  }
}
