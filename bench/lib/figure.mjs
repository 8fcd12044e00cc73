import { median } from './statistics.mjs';

/** @typedef {import('./contestants.mjs').Contestant} Contestant */
/** @typedef {{ readonly atMost: number } | { readonly atLeast: number }} Target */

/**
 * One line of the result.
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} unit
 * @property {import('./rounds.mjs').Samples<number>} values one for each round
 * @property {Partial<Record<Contestant, Target>>} [targets] of the ratio to plain, or of the value itself where plain has
 *   none; without one it is there to inform
 */

/**
 * @typedef {object} Ratio
 * @property {number} median of the rounds' own ratios to plain: what slows down a round slows down all
 * @property {number} lowest
 * @property {number} highest
 */

/** @typedef {'ok' | 'above the target' | 'below the target'} Verdict */

/**
 * @typedef {object} ComparedFigure
 * @property {string} name
 * @property {string} unit
 * @property {Partial<Record<Contestant, number>>} medians
 * @property {Partial<Record<Contestant, Ratio>>} ratios to plain
 * @property {readonly { contestant: Contestant, target: string, verdict: Verdict }[]} verdicts
 */

/**
 * @param {Figure} figure
 * @returns {ComparedFigure}
 */
export function compare({ name, unit, values, targets = {} }) {
  const medians = mapValues(values, median);
  const { plain, ...others } = values;
  const ratios = plain ? mapValues(others, (own) => ratioOf(own, plain)) : {};
  const verdicts = Object.entries(targets).map(([key, target]) => {
    const contestant = /** @type {Contestant} */ (key);
    return { contestant, ...judge(ratios[contestant]?.median ?? medians[contestant] ?? NaN, target) };
  });
  return { name, unit, medians, ratios, verdicts };
}

/**
 * @param {readonly number[]} own
 * @param {readonly number[]} plain
 * @returns {Ratio}
 */
function ratioOf(own, plain) {
  const ratios = own.map((value, round) => value / (plain[round] ?? NaN));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/**
 * @param {number} value
 * @param {Target} target
 * @returns {{ target: string, verdict: Verdict }}
 */
function judge(value, target) {
  if ('atMost' in target) {
    return { target: `<= ${target.atMost}`, verdict: value <= target.atMost ? 'ok' : 'above the target' };
  }
  return { target: `>= ${target.atLeast}`, verdict: value >= target.atLeast ? 'ok' : 'below the target' };
}

/**
 * @template Value, Result
 * @param {Partial<Record<Contestant, Value>>} values
 * @param {(value: Value) => Result} change
 * @returns {Partial<Record<Contestant, Result>>}
 */
function mapValues(values, change) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
