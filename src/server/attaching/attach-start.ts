import type { Position } from '../../room-log/index.js';

/**
 * Where a socket begins in a room: at the present, after a position that its client has seen, or with the newest so many
 * events; everything that is kept is the position before the oldest.
 */
export type AttachStart =
  | { readonly kind: 'present' }
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'newest'; readonly count: number }
  | { readonly kind: 'oldest' };

export const PRESENT: AttachStart = Object.freeze({ kind: 'present' });
