import type { Token } from '../../room-log/index.js';

/** What came of attaching a socket to a room. */
export interface AttachReport {
  readonly position: Token;
  /** Whether nothing is missing since the position that was sent; null when none was. */
  readonly recovered: boolean | null;
  readonly replayed: number;
}
