import type { RequestRefusalCode } from '../contract/index.js';

/** Why a server refuses what the same request may be granted a moment later. */
export const TRIED_AGAIN: readonly string[] = [
  'UNAVAILABLE',
  'TOO_MANY_JOINS',
  'RATE_LIMITED',
] satisfies RequestRefusalCode[];
