import * as format from '../format.js';
import { Chart } from './chart.js';
import { quantile } from './quantile.js';
import { growths, rates } from './rates.js';

/** Of the latencies of so long a time the quantiles are made: one event in 16 is measured. */
const LATENCY_SPAN_MS = 60_000;

const perSecond = (value) => format.value(Math.round(value * 10) / 10);
const milliseconds = (ms) => (ms >= 1000 ? `${twoDigits.format(ms / 1000)} s` : `${twoDigits.format(ms)} ms`);
const twoDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

const EMITS = [
  { label: 'Live', color: '--series-live', dash: [5, 3], names: ['live published'] },
  { label: 'Durable', color: '--series-durable', names: ['durable published'] },
  { label: 'Latest', color: '--series-latest', names: ['latest published'] },
  { label: 'Queued', color: '--series-queued', dash: [7, 4], names: ['durable queued', 'latest queued'] },
  {
    label: 'Failed',
    color: '--series-failed',
    names: ['durable failed', 'latest failed', 'live failed', 'none failed'],
  },
];

const EMITS_CHART = {
  title: 'Emits per second',
  hint: 'That settled: published, by delivery; queued while Redis is away; failed.',
  series: EMITS,
  format: perSecond,
  least: 5,
  columns: ({ samples }) =>
    EMITS.map(({ names }) =>
      rates(samples, ({ emits }) => names.reduce((sum, name) => sum + (emits[name] ?? 0), 0)),
    ),
};

const OUTBOX_CHART = {
  title: 'Outbox',
  hint: 'Events in the memory of the process that Redis has not taken yet.',
  series: [{ label: 'Waiting', color: '--series-queued', fill: true }],
  format: format.value,
  least: 10,
  columns: ({ samples }) => [samples.map(({ outbox }) => outbox)],
};

/** The charts of a server. */
export const SERVER_CHARTS = [
  {
    title: 'Connections',
    hint: 'Sockets of pages, this one among them.',
    series: [{ label: 'Connected', color: '--series-durable', fill: true }],
    format: format.value,
    least: 4,
    columns: ({ samples }) => [samples.map(({ connections }) => connections)],
  },
  EMITS_CHART,
  {
    title: 'Append to socket',
    hint: 'From Redis to the sockets: last minute, one event in 16.',
    series: [
      { label: 'p50', color: '--series-durable' },
      { label: 'p99', color: '--series-latest', dash: [5, 3] },
    ],
    format: milliseconds,
    least: 5,
    columns: ({ samples, latencyBounds }) => {
      const counts = growths(samples, ({ latency }) => latency, LATENCY_SPAN_MS);
      return [0.5, 0.99].map((share) =>
        counts.map((added) => {
          const seconds = quantile(share, latencyBounds, added);
          return seconds === null ? null : seconds * 1000;
        }),
      );
    },
  },
  OUTBOX_CHART,
  {
    title: 'Gaps and holes',
    hint: 'Since the process began: holes are filled from the log, gaps cannot be.',
    series: [
      { label: 'Holes filled', color: '--series-latest', dash: [5, 3] },
      { label: 'Gaps announced', color: '--series-failed' },
    ],
    format: format.value,
    least: 4,
    columns: ({ samples }) => [
      samples.map(({ holesFilled }) => holesFilled),
      samples.map(({ gaps }) => gaps),
    ],
  },
  {
    title: 'Age of the last probe',
    hint: 'What the server sends to itself through Redis every 5 s.',
    series: [{ label: 'Age', color: '--series-live', fill: true }],
    format: (value) => `${format.value(Math.round(value * 10) / 10)} s`,
    least: 8,
    columns: ({ samples }) => [
      samples.map(({ probeAgeMs }) => (probeAgeMs === null ? null : probeAgeMs / 1000)),
    ],
  },
];

/** The charts of a worker: it has no sockets. */
export const WORKER_CHARTS = [EMITS_CHART, OUTBOX_CHART];

/** Shows the figures of one process as charts. */
export class FiguresCharts {
  #charts;

  /** @param {typeof SERVER_CHARTS} definitions */
  constructor(definitions) {
    this.#charts = definitions.map((definition) => ({ ...definition, chart: new Chart(definition) }));
  }

  get elements() {
    return this.#charts.map(({ chart }) => chart.element);
  }

  /**
   * @param {import('./history.js').History} history
   * @param {{ from: number, to: number }} span
   * @param {import('./chart.js').Shade[]} shades
   */
  show(history, span, shades) {
    const times = history.samples.map(({ time }) => time);
    for (const { chart, columns } of this.#charts) chart.show(times, columns(history), span, shades);
  }

  destroy() {
    for (const { chart } of this.#charts) chart.destroy();
  }

  redraw() {
    for (const { chart } of this.#charts) chart.redraw();
  }
}
