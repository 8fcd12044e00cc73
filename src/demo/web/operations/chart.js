import uPlot from 'uplot';
import { el, setText } from '../dom.js';

const HEIGHT = 150;

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {string} color the name of a custom property of the page's styles
 * @property {number[]} [dash]
 * @property {boolean} [fill]
 *
 * @typedef {object} Shade a span of time, in ms since 1970
 * @property {number} from
 * @property {number} to
 * @property {'outage' | 'unheard'} kind
 */

/**
 * One chart: lines over the last minutes, and below its title what they are at the moment under the pointer, or now. All
 * charts of the page show the same moment.
 */
export class Chart {
  element;
  #format;
  #values;
  #plot;
  #root = el('div', { class: 'chart-plot', 'aria-hidden': 'true' });
  /** @type {Shade[]} */
  #shades = [];
  #window = [0, 1];

  /**
   * @param {object} options
   * @param {string} options.title
   * @param {string} options.hint what it means
   * @param {Series[]} options.series the first is drawn above the others
   * @param {(value: number) => string} options.format
   * @param {number} options.least the y axis reaches at least so far
   */
  constructor({ title, hint, series, format, least }) {
    this.#format = format;
    this.#values = series.map(() => el('dd', {}, '–'));
    const legend = series.map(({ label, color }, index) =>
      el('div', {}, el('dt', { class: 'chart-key', 'data-color': color }, label), this.#values[index]),
    );
    this.element = el(
      'section',
      { class: 'panel chart', 'data-chart': title },
      el('h3', {}, title),
      el('p', { class: 'muted small' }, hint),
      el('dl', { class: 'chart-legend' }, ...legend),
      this.#root,
    );
    const none = [[], ...series.map(() => [])];
    this.#plot = new uPlot(this.#options(series.toReversed(), least), none, this.#root);
    new window.ResizeObserver(([{ contentRect }]) =>
      this.#plot.setSize({ width: Math.max(120, Math.floor(contentRect.width)), height: HEIGHT }),
    ).observe(this.#root);
  }

  /**
   * @param {readonly number[]} times of the points, in ms since 1970
   * @param {readonly (readonly (number | null)[])[]} values of each of the series
   * @param {{ from: number, to: number }} span what is shown of time
   * @param {Shade[]} shades
   */
  show(times, values, { from, to }, shades) {
    this.#shades = shades;
    this.#window = [from / 1000, to / 1000];
    this.#plot.setData([times.map((time) => time / 1000), ...values.toReversed()]);
    this.#tell();
  }

  /** It is not shown any more. */
  destroy() {
    this.#plot.destroy();
  }

  /** In the colours of now. */
  redraw() {
    this.#plot.redraw();
  }

  #tell() {
    const [times, ...values] = this.#plot.data;
    // What is not heard of now has no present value.
    const isUnheard = this.#shades.some(({ kind }) => kind === 'unheard');
    const at = this.#plot.cursor.idx ?? (isUnheard ? -1 : times.length - 1);
    values.toReversed().forEach((column, index) => {
      const value = column[at];
      setText(this.#values[index], value === null || value === undefined ? '–' : this.#format(value));
    });
  }

  #options(series, least) {
    const axis = {
      stroke: () => color('--muted'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: () => color('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: 300,
      height: HEIGHT,
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: 'operations' }, drag: { x: false, y: false }, y: false },
      scales: {
        x: { range: () => this.#window },
        y: { range: (_, __, max) => [0, Math.max(least, (max ?? 0) * 1.12)] },
      },
      axes: [
        {
          ...axis,
          space: 70,
          size: 26,
          gap: 4,
          values: (_, times) => times.map((s) => clock.format(s * 1000)),
        },
        { ...axis, space: 34, size: 46, gap: 6, values: (_, values) => values.map(this.#format) },
      ],
      series: [{}, ...series.map((one) => this.#line(one))],
      hooks: { drawClear: [(plot) => this.#shade(plot)], setCursor: [() => this.#plot && this.#tell()] },
    };
  }

  #line({ label, color: name, dash, fill }) {
    return {
      label,
      stroke: () => color(name),
      width: 1.75,
      points: { show: false },
      ...(dash && { dash }),
      ...(fill && { fill: () => `color-mix(in srgb, ${color(name)} 14%, transparent)` }),
    };
  }

  #shade(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const { from, to, kind } of this.#shades) {
      const left = Math.max(bbox.left, plot.valToPos(from / 1000, 'x', true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1000, 'x', true));
      if (right <= left) continue;
      ctx.fillStyle = color(`--shade-${kind}`);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.restore();
  }
}

function color(name) {
  return window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
