/**
 * Why events between a position and the log cannot be delivered.
 *
 * - `trimmed`: the log keeps only so many.
 * - `expired`: the log keeps them only so long.
 * - `rolled-back`: Redis has forgotten what it had acknowledged.
 * - `limit`: there are more than are replayed at once.
 * - `unreadable`: they are there and cannot be read.
 */
export type GapReason = 'trimmed' | 'expired' | 'rolled-back' | 'limit' | 'unreadable';
