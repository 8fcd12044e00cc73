import type { UndeliveredHandler } from '../contract/index.js';
import { UndeliveredLoop, type UndeliveredLoopSettings } from './undelivered-loop.js';
import { resolveUndeliveredOptions } from './undelivered-options.js';

/** How long a handler that is stopped by the application may still work, in ms. */
const STOP_WITHIN_MS = 5000;

/** The handlers of undelivered events of one process. */
export class UndeliveredHandlers {
  readonly #settings: UndeliveredLoopSettings;
  readonly #loops = new Set<UndeliveredLoop>();
  #isClosed = false;

  constructor(settings: UndeliveredLoopSettings) {
    this.#settings = settings;
  }

  /**
   * Begins to hand events over.
   *
   * @returns stops it
   * @throws INVALID_OPTIONS
   */
  on(handler: (event: never) => unknown, options?: unknown): () => Promise<void> {
    const resolved = resolveUndeliveredOptions(handler, options);
    if (this.#isClosed) return () => Promise.resolve();
    const loop = new UndeliveredLoop(
      this.#settings,
      handler as UndeliveredHandler<Record<string, unknown>>,
      resolved,
    );
    this.#loops.add(loop);
    loop.start();
    return () => {
      this.#loops.delete(loop);
      return loop.stop(STOP_WITHIN_MS);
    };
  }

  /** Takes no more, and waits up to `limitMs` for handlers that are at work. */
  async close(limitMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#loops].map((loop) => loop.stop(limitMs)));
    this.#loops.clear();
  }
}
