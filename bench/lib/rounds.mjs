import { CONTESTANTS } from './bench.mjs';

/**
 * Measures both sides in turn, many times, so that what else happens on the machine happens to both. The first round
 * warms up and is thrown away; the order changes with each round, so that none always comes after the other.
 *
 * @template Sample
 * @param {number} rounds
 * @param {(contestant: import('./bench.mjs').Contestant) => Promise<Sample>} measure
 * @returns {Promise<Record<import('./bench.mjs').Contestant, Sample[]>>}
 */
export async function measureInTurn(rounds, measure) {
  /** @type {Record<import('./bench.mjs').Contestant, Sample[]>} */
  const samples = { ours: [], plain: [] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? CONTESTANTS : [...CONTESTANTS].reverse();
    for (const contestant of order) {
      const sample = await measure(contestant);
      if (round > 0) samples[contestant].push(sample);
    }
  }
  return samples;
}
