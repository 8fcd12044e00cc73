import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at. */
const EVERY_MS = 10;

/** What says that something is not there yet: a count of 0 and an empty text say it too. */
type Nothing = false | 0 | 0n | '' | null | undefined;

/**
 * Waits until `condition` gives something that is truthy, and returns it.
 *
 * @param what is waited for, for the message
 * @param deadlineMs how long at most; then it rejects
 */
export async function waitFor<Found>(
  what: string,
  condition: () => Found | Promise<Found>,
  deadlineMs = 10_000,
): Promise<Exclude<Found, Nothing>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await condition();
    if (found) return found as Exclude<Found, Nothing>;
    if (performance.now() > deadline) throw new Error(`Waited ${deadlineMs} ms in vain for: ${what}`);
    await delay(EVERY_MS);
  }
}
