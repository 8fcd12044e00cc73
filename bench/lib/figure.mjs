import { median } from './statistics.mjs';

/**
 * One line of the result.
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} unit
 * @property {readonly number[]} ours one value for each round
 * @property {readonly number[]} plain
 * @property {{ atMost: number } | { atLeast: number }} [target] of ours / plain; without one it is there to inform
 */

/**
 * @typedef {object} ComparedFigure
 * @property {string} name
 * @property {string} unit
 * @property {number} ours the median
 * @property {number} plain
 * @property {number} ratio the median of the rounds' own ratios ours / plain: what slows down a round slows down both
 * @property {number} lowest
 * @property {number} highest
 * @property {string} target
 * @property {'ok' | 'above the target' | 'below the target' | ''} verdict
 */

/**
 * @param {Figure} figure
 * @returns {ComparedFigure}
 */
export function compare({ name, unit, ours, plain, target }) {
  const ratios = ours.map((value, round) => value / (plain[round] ?? NaN));
  const ratio = median(ratios);
  return {
    name,
    unit,
    ours: median(ours),
    plain: median(plain),
    ratio,
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    ...judge(ratio, target),
  };
}

/**
 * @param {number} ratio
 * @param {Figure['target']} target
 * @returns {Pick<ComparedFigure, 'target' | 'verdict'>}
 */
function judge(ratio, target) {
  if (target === undefined) return { target: '', verdict: '' };
  if ('atMost' in target) {
    return { target: `<= ${target.atMost}`, verdict: ratio <= target.atMost ? 'ok' : 'above the target' };
  }
  return { target: `>= ${target.atLeast}`, verdict: ratio >= target.atLeast ? 'ok' : 'below the target' };
}
