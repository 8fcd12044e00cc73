import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds; fails after `deadlineMs`, naming what it waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await delay(5);
  }
}
