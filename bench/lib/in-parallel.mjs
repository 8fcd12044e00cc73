/**
 * Does the same work a number of times at once.
 * @param {number} count
 * @param {() => Promise<void>} work
 */
export async function inParallel(count, work) {
  await Promise.all(Array.from({ length: count }, work));
}
