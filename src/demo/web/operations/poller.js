import { ApiError } from '../api.js';

const EVERY_MS = 1000;

/** An answer that comes later is given up. */
const DEADLINE_MS = 3000;

/**
 * Asks the server for its figures every second, over HTTP: this way does not need Redis, nor the page's socket.
 */
export class Poller {
  #token;
  #listener;
  #timer;
  #isStopped = false;
  /** Of the newest sample that is known, by the server's clock. */
  #after = 0;

  /**
   * @param {string} token
   * @param {object} listener
   * @param {(report: object) => void} listener.onReport
   * @param {() => void} listener.onSilence there was no answer
   * @param {(message: string) => void} listener.onLoggedOut
   */
  constructor(token, listener) {
    this.#token = token;
    this.#listener = listener;
    void this.#poll();
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #poll() {
    const began = performance.now();
    try {
      const report = await this.#ask();
      if (this.#isStopped) return;
      this.#after = report.server.samples.at(-1)?.time ?? this.#after;
      this.#listener.onReport(report);
    } catch (error) {
      if (this.#isStopped) return;
      if (error.status === 401) this.#listener.onLoggedOut(error.message);
      else this.#listener.onSilence();
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.#poll(), Math.max(0, EVERY_MS - (performance.now() - began)));
  }

  async #ask() {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
    try {
      const headers = { authorization: `Bearer ${this.#token}` };
      const response = await fetch(`/api/operations?after=${this.#after}`, {
        headers,
        signal: deadline.signal,
      });
      const body = await response.json();
      if (!response.ok) throw new ApiError(body.message, response.status);
      return body;
    } finally {
      clearTimeout(timer);
    }
  }
}
