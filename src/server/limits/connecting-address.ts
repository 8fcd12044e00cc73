import { Allowance, type Rate } from './allowance.js';

/** An address that clients without a user connect from. */
export class ConnectingAddress {
  /** By all of them together, in bytes. */
  readonly sent: Allowance;
  /** Handshakes that may come to nothing. */
  readonly refusals: Allowance;
  /** How many connections it has that have no user. */
  connectionCount = 0;
  /** How many requests wait to be refused. */
  heldCount = 0;

  constructor(rates: { readonly bytes: Rate; readonly refusals: Rate }) {
    this.sent = new Allowance(rates.bytes);
    this.refusals = new Allowance(rates.refusals);
  }

  get isIdle(): boolean {
    const now = performance.now();
    const { connectionCount, heldCount, sent, refusals } = this;
    return connectionCount === 0 && heldCount === 0 && sent.isFull(now) && refusals.isFull(now);
  }
}
