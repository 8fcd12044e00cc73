import { GatewayError } from '../contract/index.js';
import { RoomLog } from '../room-log/index.js';

/** The log of a worker that has no Redis: nothing is kept, and everything fails and says why. */
export class AbsentRoomLog extends RoomLog {
  override readonly isReady = true;
  readonly #reason: string;

  constructor(reason: string) {
    super();
    this.#reason = reason;
  }

  override onReady(): () => void {
    return () => undefined;
  }

  override onAway(): () => void {
    return () => undefined;
  }

  override open(): void {
    // There is nothing to open.
  }

  override append(): Promise<never> {
    return this.#fail();
  }

  override attach(): Promise<never> {
    return this.#fail();
  }

  override newest(): Promise<never> {
    return this.#fail();
  }

  override tails(): Promise<never> {
    return this.#fail();
  }

  override latest(): Promise<never> {
    return this.#fail();
  }

  override followerCount(): Promise<never> {
    return this.#fail();
  }

  override beginRun(): Promise<never> {
    return this.#fail();
  }

  override ownerOf(): Promise<never> {
    return this.#fail();
  }

  #fail(): Promise<never> {
    return Promise.reject(new GatewayError('REDIS_NOT_CONFIGURED', this.#reason));
  }
}
