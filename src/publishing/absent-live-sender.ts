import { GatewayError } from '../contract/index.js';
import type { LiveSender } from './live-sender.js';

/** What a worker has when there is no Redis to speak through: everything fails, and says why. */
export class AbsentLiveSender implements LiveSender {
  readonly #reason: string;

  constructor(reason: string) {
    this.#reason = reason;
  }

  emit(): Promise<void> {
    return Promise.reject(new GatewayError('REDIS_NOT_CONFIGURED', this.#reason));
  }
}
