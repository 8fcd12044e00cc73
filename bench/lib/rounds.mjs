/** @typedef {import('./contestants.mjs').Contestant} Contestant */

/**
 * What was measured of some contestants, round by round.
 * @template Sample
 * @typedef {Partial<Record<Contestant, Sample[]>>} Samples
 */

/**
 * Measures all contestants in turn, many times, so that what else happens on the machine happens to all. The first round
 * warms up and is thrown away; the order changes with each round, so that none always comes after the same other.
 *
 * @template Sample
 * @param {number} rounds
 * @param {readonly Contestant[]} contestants
 * @param {(contestant: Contestant) => Promise<Sample>} measure
 * @param {{ warmsUp?: boolean }} [options]
 * @returns {Promise<Samples<Sample>>}
 */
export async function measureInTurn(rounds, contestants, measure, { warmsUp = true } = {}) {
  /** @type {Samples<Sample>} */
  const samples = Object.fromEntries(contestants.map((contestant) => [contestant, []]));
  for (let round = warmsUp ? 0 : 1; round <= rounds; round++) {
    const order = round % 2 === 0 ? contestants : [...contestants].reverse();
    for (const contestant of order) {
      const sample = await measure(contestant);
      if (round > 0) samples[contestant]?.push(sample);
    }
  }
  return samples;
}

/**
 * The samples of several measurings of the same contestants.
 * @template Sample
 * @param {readonly Samples<Sample>[]} parts
 * @returns {Samples<Sample>}
 */
export function joinSamples(parts) {
  /** @type {Samples<Sample>} */
  const all = {};
  for (const part of parts) {
    for (const [name, samples] of Object.entries(part)) {
      const contestant = /** @type {Contestant} */ (name);
      all[contestant] = [...(all[contestant] ?? []), ...samples];
    }
  }
  return all;
}

/**
 * One field of all samples.
 * @template {string} Name
 * @param {Samples<Readonly<Record<Name, number>>>} samples
 * @param {Name} name
 * @returns {Samples<number>}
 */
export function pick(samples, name) {
  return Object.fromEntries(
    Object.entries(samples).map(([contestant, ofOne]) => [contestant, ofOne.map((sample) => sample[name])]),
  );
}
