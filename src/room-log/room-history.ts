import type { GapReason } from '../contract/index.js';
import { OLDEST, type Position, type Token } from './position.js';
import type { RoomLog } from './room-log.js';
import type { RoomEvent } from './room-message.js';

/** A page of what a room's log keeps. */
export interface RoomHistoryPage {
  readonly events: readonly RoomEvent[];
  /** Give it as `after` for the next page. */
  readonly position: Token;
  /** Whether there are newer events. */
  readonly hasMore: boolean;
  /** Why events between `after` and the first of these are missing, if they are. */
  readonly gap: GapReason | undefined;
}

/** Reads a page of a room's log, from the oldest event that is kept or after a position. */
export async function readHistory(
  log: RoomLog,
  room: string,
  { after = OLDEST, limit }: { after?: Position | undefined; limit: number },
): Promise<RoomHistoryPage> {
  let look = await log.attach(room, after, { limit });
  let gap: GapReason | undefined;
  // The log may be trimmed between two looks; then the next one says from where it goes on.
  for (let attempt = 0; look.verdict === 'gap' && attempt < 5; attempt++) {
    gap = look.reason;
    const { resume } = look;
    look = await log.attach(room, resume, { limit });
  }
  const events = look.verdict === 'chain' ? look.events : [];
  const position = events.at(-1)?.token ?? look.tail;
  return { events, position, hasMore: position !== look.tail, gap };
}
