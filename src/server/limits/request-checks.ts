import type { Socket } from 'socket.io';
import { getSocketUser } from '../users/index.js';
import { Allowance } from './allowance.js';
import type { LimitReport } from './limit-report.js';
import { Remembered } from './remembered.js';

/** The tabs of a user refresh together. */
const BURST_SECONDS = 5;

/**
 * Bounds, for each user, what makes the server verify tokens and ask authorizers again and again: refreshes, and joins that are
 * refused. Nothing is kept of users who do neither.
 */
export class RequestChecks {
  readonly #report: LimitReport;
  readonly #users: Remembered<Allowance>;

  constructor(perSecond: number, report: LimitReport) {
    this.#report = report;
    this.#users = new Remembered(
      () => new Allowance({ perSecond, burst: perSecond * BURST_SECONDS }),
      (allowance) => allowance.isFull(performance.now()),
    );
  }

  /** Whether one more may be decided for the user of a socket; counts it in the metrics when it may not. */
  allows(socket: Socket): boolean {
    const waitMs = this.#users.peek(keyOf(socket))?.waitMs(performance.now()) ?? 0;
    if (waitMs > 0) this.#report.refused('checks-per-user');
    return waitMs === 0;
  }

  /** One has been made that counts. */
  count(socket: Socket): void {
    this.#users.of(keyOf(socket)).take(1, performance.now());
  }
}

/** A socket of a public namespace has no user. */
function keyOf(socket: Socket): string {
  const user = getSocketUser(socket);
  return user ? `user:${user.id}` : socket.id;
}
