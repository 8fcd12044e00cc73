import { svg } from './dom.js';
import * as format from './format.js';

const HEIGHT = 40;
const WIDTH = 168;

/**
 * Whether some values are known to be more frequent than others: they come more than once, and more often than they
 * may have been miscounted.
 */
export function hasFrequentValues({ values, missing }) {
  return values.length > 0 && values[0].count > Math.max(1, missing);
}

/**
 * Draws a column's distribution: the bins of numbers and dates, or the most frequent values of texts.
 *
 * @param {any} column
 * @returns {SVGElement | null} null when there is nothing to draw
 */
export function drawDistribution(column) {
  if (column.histogram !== undefined && column.histogram.counts.length > 0) return drawBins(column);
  if (column.top !== undefined && hasFrequentValues(column.top)) return drawTop(column);
  return null;
}

function drawBins({ name, type, histogram: { from, width, counts }, min, max }) {
  const show = type === 'date' ? format.date : format.value;
  const bars = counts.map((count, index) => ({
    count,
    label:
      width === 0 || (type === 'integer' && width === 1)
        ? show(from + index * width)
        : `${show(from + index * width)} to ${show(from + (index + 1) * width)}`,
  }));
  return draw(bars, `Histogram of ${name}, from ${show(min)} to ${show(max)}`, 'bars');
}

function drawTop({ name, count, top: { values, missing } }) {
  const bars = values.map(({ value, count: times }) => ({ count: times, label: value }));
  const rest = count - values.reduce((sum, { count: times }) => sum + times, 0);
  const label = `Most frequent values of ${name}: ${values
    .slice(0, 3)
    .map(({ value }) => value)
    .join(', ')}`;
  if (rest > 0 && missing === 0) bars.push({ count: rest, label: 'all others', rest: true });
  return draw(bars, label, 'bars categories');
}

function draw(bars, label, className) {
  const highest = Math.max(...bars.filter(({ rest }) => !rest).map(({ count }) => count), 1);
  const step = WIDTH / Math.max(bars.length, 8);
  const gap = bars.length > 16 ? 1 : 2;
  return svg(
    'svg',
    {
      class: className,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    svg('line', { class: 'axis', x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }),
    ...bars.map(({ count, label: text, rest }, index) => {
      // What is there is seen, however little it is; all others together may be far more than the scale has.
      const height = count === 0 ? 0 : Math.max(1.5, Math.min(1, count / highest) * (HEIGHT - 2));
      return svg(
        'g',
        {},
        svg('title', {}, `${text}: ${format.count(count)}`),
        svg('rect', { class: 'hit', x: index * step, y: 0, width: step, height: HEIGHT }),
        svg('rect', {
          class: rest ? 'bar rest' : 'bar',
          x: index * step + gap / 2,
          y: HEIGHT - 1 - height,
          width: Math.max(1, step - gap),
          height,
        }),
      );
    }),
  );
}
