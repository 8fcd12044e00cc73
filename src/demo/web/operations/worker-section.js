import { el, setAttribute, setText } from '../dom.js';
import * as format from '../format.js';
import { FiguresCharts, WORKER_CHARTS } from './figures-charts.js';
import { History } from './history.js';
import { Watch } from './watch.js';

/** A worker tells its figures every second. */
const STALE_AFTER_MS = 3000;

/** What is known of a worker: nothing but what has come through Redis, so its age is shown with it. */
export class WorkerSection {
  history = new History();
  watch = new Watch('Worker');
  element;
  #pid;
  #charts = new FiguresCharts(WORKER_CHARTS);
  #heard = el('p', { class: 'heard', 'data-heard': '' });

  /** @param {number} pid */
  constructor(pid) {
    this.#pid = pid;
    this.element = el(
      'section',
      { class: 'process', 'data-worker': pid, 'aria-label': `Worker ${pid}` },
      el('div', { class: 'process-head' }, el('h2', {}, `Worker ${pid}`), this.#heard),
      el('div', { class: 'charts' }, ...this.#charts.elements),
    );
  }

  /** @param {number} now by the clock of the processes */
  isStale(now) {
    return now - (this.history.newest?.time ?? 0) > STALE_AFTER_MS;
  }

  /**
   * @param {number} now by the clock of the processes
   * @param {{ from: number, to: number }} span
   * @param {boolean} isRedisAway whether nothing can be heard of any worker
   */
  show(now, span, isRedisAway) {
    const heardAt = this.history.newest?.time ?? 0;
    const isStale = this.isStale(now);
    setAttribute(this.#heard, 'data-stale', isStale);
    setText(
      this.#heard,
      isStale
        ? `Not heard since ${format.time(heardAt)}: ${isRedisAway ? 'its figures come through Redis' : 'it has ended, or hangs'}`
        : `Heard at ${format.time(heardAt)}, through Redis`,
    );
    const outages = this.watch.outages.map(({ from, to = heardAt }) => ({ from, to, kind: 'outage' }));
    const unheard = isStale ? [{ from: heardAt, to: span.to, kind: 'unheard' }] : [];
    this.#charts.show(this.history, span, [...outages, ...unheard]);
  }

  remove() {
    this.element.remove();
    this.#charts.destroy();
  }

  redraw() {
    this.#charts.redraw();
  }

  get pid() {
    return this.#pid;
  }
}
