import type { Rate } from './allowance.js';

/** A quarter of a second's worth at once: what is read at once keeps everybody else waiting. */
export function bytesRate(perSecond: number): Rate {
  return { perSecond, burst: perSecond / 4 };
}

/** Clients come back together, and each for several namespaces. */
export function handshakesRate(perSecond: number): Rate {
  return { perSecond, burst: perSecond * 5 };
}
