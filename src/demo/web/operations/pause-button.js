import { ApiError } from '../api.js';
import { byId, setAttribute, setText } from '../dom.js';
import * as format from '../format.js';

/** The button that pauses Redis, where that may be. */
export class PauseButton {
  #button = byId('pause');
  #message = byId('pause-message');
  /** Until when Redis is paused, by the server's clock. */
  #until = 0;
  #isAsking = false;

  /**
   * @param {object} options
   * @param {() => string} options.token
   * @param {(message: string) => void} options.onLoggedOut
   */
  constructor({ token, onLoggedOut }) {
    this.#button.addEventListener('click', async () => {
      if (this.#button.hasAttribute('aria-disabled')) return;
      this.#isAsking = true;
      setAttribute(this.#button, 'aria-disabled', true);
      setText(this.#message, '');
      try {
        const { time, ms } = await pause(token());
        this.#until = time + ms;
      } catch (error) {
        if (error.status === 401) onLoggedOut(error.message);
        setText(this.#message, error.message);
        setAttribute(this.#button, 'aria-disabled', false);
      }
      this.#isAsking = false;
    });
  }

  /** @param {{ now: number, pauseMs: number, pauses: { time: number, ms: number }[] }} report */
  show({ now, pauseMs, pauses }) {
    byId('breaking').hidden = pauseMs === 0;
    byId('unbreakable').hidden = pauseMs !== 0;
    if (pauseMs === 0) return;
    for (const { time, ms } of pauses) this.#until = Math.max(this.#until, time + ms);
    const isPaused = now < this.#until;
    setAttribute(this.#button, 'aria-disabled', isPaused || this.#isAsking);
    const seconds = Math.ceil((this.#until - now) / 1000);
    setText(
      this.#button,
      isPaused ? `Redis is paused: ${seconds} s` : `Pause Redis for ${format.seconds(pauseMs)}`,
    );
  }
}

async function pause(token) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch('/api/operations/pause', { method: 'POST', headers }).catch(() => {
    throw new ApiError('The server does not answer. Try again in a little while.', 0);
  });
  const body = await response.json().catch(() => undefined);
  if (response.ok) return body;
  throw new ApiError(body?.message ?? 'Redis cannot be paused.', response.status);
}
