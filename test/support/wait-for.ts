import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at. */
const EVERY_MS = 10;

/**
 * Waits until `condition` gives something that is neither false, null nor undefined, and returns it.
 *
 * @param what is waited for, for the message
 * @param deadlineMs how long at most; then it rejects
 */
export async function waitFor<Found>(
  what: string,
  condition: () => Found | Promise<Found>,
  deadlineMs = 10_000,
): Promise<Exclude<Found, false | null | undefined>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await condition();
    if (found !== false && found !== null && found !== undefined) {
      return found as Exclude<Found, false | null | undefined>;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${deadlineMs} ms in vain for: ${what}`);
    await delay(EVERY_MS);
  }
}
