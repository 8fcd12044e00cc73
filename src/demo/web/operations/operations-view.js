import { byId } from '../dom.js';
import * as format from '../format.js';
import { BeatsPanel } from './beats-panel.js';
import { FiguresCharts, SERVER_CHARTS } from './figures-charts.js';
import { HappeningsList } from './happenings-list.js';
import { History } from './history.js';
import { StatePanel } from './state-panel.js';
import { Watch } from './watch.js';
import { WorkerSection } from './worker-section.js';

/** What the charts show of time. */
const SPAN_MS = 120_000;

/** The server is asked every second. */
const SILENT_AFTER_MS = 3500;

/** A worker that was not heard for so long is not shown any more. */
const FORGOTTEN_AFTER_MS = 180_000;

/** What the page shows of the processes. */
export class OperationsView {
  #announce;
  #state = new StatePanel();
  #beats = new BeatsPanel();
  #happenings = new HappeningsList();
  #charts = new FiguresCharts(SERVER_CHARTS);
  #history = new History();
  #watch = new Watch('Server');
  /** @type {Map<number, WorkerSection>} */
  #workers = new Map();
  /** Between this page's clock and that of the server, in ms; undefined before its first answer. */
  #clockOffset;
  #reportedAt = 0;
  #pausesToldTo = 0;
  #toldState = '';

  /** @param {{ announce: (text: string) => void }} options for who does not see the page */
  constructor({ announce }) {
    this.#announce = announce;
    byId('server-charts').append(...this.#charts.elements);
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
    // What falls silent says nothing of it.
    setInterval(() => this.show(), 1000);
  }

  /** Forgets everything: somebody else may look at it. */
  clear() {
    this.#history = new History();
    this.#watch = new Watch('Server');
    this.#beats = new BeatsPanel();
    this.#happenings.clear();
    for (const section of this.#workers.values()) section.remove();
    this.#workers.clear();
    byId('workers').replaceChildren();
    this.#clockOffset = undefined;
    this.#pausesToldTo = 0;
    this.#toldState = '';
  }

  /** The server has answered. */
  report({ now, server, heartbeats, pauses }) {
    this.#reportedAt = performance.now();
    this.#clockOffset = now - this.#reportedAt;
    this.#beats.sent(heartbeats);
    this.#happenings.add(this.#history.add(server).flatMap((sample) => this.#watch.look(sample)));
    const news = pauses.filter(({ time }) => time > this.#pausesToldTo);
    this.#pausesToldTo = news.at(-1)?.time ?? this.#pausesToldTo;
    this.#happenings.add(
      news.map(({ time, ms, by }) => ({
        time,
        kind: 'news',
        text: `${by} pauses Redis for ${format.seconds(ms)}`,
      })),
    );
    this.show();
  }

  /** A worker has told its figures. */
  worker(figures) {
    const { pid, samples } = figures;
    const heardAt = samples.at(-1)?.time;
    if (heardAt === undefined || (this.#clockOffset !== undefined && this.#isForgotten(heardAt))) return;
    let section = this.#workers.get(pid);
    if (section === undefined) {
      this.#workers.set(pid, (section = new WorkerSection(pid)));
      byId('workers').append(section.element);
    }
    const fresh = section.history.add(figures);
    this.#happenings.add(fresh.flatMap((sample) => section.watch.look(sample)));
  }

  /** @param {'durable' | 'live'} delivery */
  beat(delivery, beat) {
    this.#beats.take(delivery, beat);
  }

  /** Events are missing, and will not come. */
  missed(reason) {
    const text = `This page was told that events are missing: ${reason}`;
    this.#happenings.add([{ time: this.#now, kind: 'bad', text }]);
  }

  /** Everything as it is now. */
  show() {
    if (this.#clockOffset === undefined) return;
    const now = this.#now;
    const span = { from: now - SPAN_MS, to: now };
    const { newest } = this.#history;
    const { outage, outages } = this.#watch;
    const isSilent = performance.now() - this.#reportedAt > SILENT_AFTER_MS;
    this.#tell(this.#state.show(newest, { now, isSilent, outage }));
    const shades = outages.map(({ from, to = newest?.time ?? now }) => ({ from, to, kind: 'outage' }));
    if (isSilent) shades.push({ from: newest?.time ?? 0, to: now, kind: 'unheard' });
    this.#charts.show(this.#history, span, shades);
    this.#beats.show();
    for (const section of this.#workers.values()) this.#showWorker(section, now, span, outage !== undefined);
    byId('no-workers').hidden = this.#workers.size > 0;
  }

  #showWorker(section, now, span, isRedisAway) {
    if (this.#isForgotten(section.history.newest.time)) {
      section.remove();
      this.#workers.delete(section.pid);
    } else {
      section.show(now, span, isRedisAway);
    }
  }

  #tell(state) {
    if (this.#toldState !== '' && state !== this.#toldState) this.#announce(state);
    this.#toldState = state;
  }

  #redraw() {
    this.#charts.redraw();
    for (const section of this.#workers.values()) section.redraw();
  }

  #isForgotten(heardAt) {
    return this.#now - heardAt > FORGOTTEN_AFTER_MS;
  }

  get #now() {
    return performance.now() + (this.#clockOffset ?? 0);
  }
}
