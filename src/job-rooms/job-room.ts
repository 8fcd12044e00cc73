import { normaliseRoom } from '../names/index.js';

const PREFIX = 'job:';

/**
 * The room of a job: `job:<queue>:<id>`. Colons and percent signs in the queue's name are written as `%3A` and `%25`, so that no
 * two jobs share a room.
 *
 * @throws INVALID_ROOM when it would be longer than 256 bytes or have control characters
 */
export function jobRoom(queue: string, jobId: string | number): string {
  return normaliseRoom(`${PREFIX}${queue.replace(/[%:]/g, encodeURIComponent)}:${jobId}`);
}

/** Whether a room is that of a job. */
export function isJobRoom(room: string): boolean {
  return room.startsWith(PREFIX);
}
