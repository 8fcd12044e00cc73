import { freePort } from '../../../scripts/lib/free-port.mjs';
import { RedisProcess } from './redis-process.js';

const ATTEMPTS = 5;

/** A Redis that listens at a second port. */
export interface TwoPorts {
  readonly process: RedisProcess;
  readonly secondPort: number;
}

/**
 * Starts a Redis that listens at a second port, at another one when somebody has taken it since it was free.
 *
 * @param settingsOf its settings, of which one names that port
 */
export async function startWithTwoPorts(
  settingsOf: (secondPort: number) => readonly string[],
  password?: string,
): Promise<TwoPorts> {
  for (let attempt = 1; ; attempt++) {
    const secondPort = await freePort();
    try {
      return {
        process: await RedisProcess.start({ password, settings: settingsOf(secondPort) }),
        secondPort,
      };
    } catch (error) {
      if (attempt === ATTEMPTS || !/address already in use/i.test(String(error))) throw error;
    }
  }
}
