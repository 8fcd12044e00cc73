import { isJobRoom, verifyJobToken } from '../../job-rooms/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { RoomLog } from '../../room-log/index.js';
import { messageOf } from '../auth/index.js';
import type { AuthenticatedUser } from '../users/index.js';

export interface JobAdmissionSettings {
  /** Knows for whom jobs are done. */
  readonly log: Pick<RoomLog, 'ownerOf'>;
  /** What tokens may be signed with; with none, no token is good. */
  readonly secrets: readonly Buffer[];
  readonly causes: CauseLog;
}

/** Whether a user may watch a job: by a token for it, or because the job is done for this user. */
export class JobAdmission {
  readonly #settings: JobAdmissionSettings;

  constructor(settings: JobAdmissionSettings) {
    this.#settings = settings;
  }

  /**
   * @param token what the client has sent as one
   * @returns undefined when nothing speaks for it: whether there is such a job is nobody else's business. TOKEN_EXPIRED only
   *   when the token was good for this user and room.
   */
  async admit(
    user: AuthenticatedUser | undefined,
    room: string,
    token: unknown,
  ): Promise<true | 'TOKEN_EXPIRED' | 'UNAVAILABLE' | undefined> {
    if (!user || !isJobRoom(room)) return undefined;
    const { log, secrets, causes } = this.#settings;
    const verdict = verifyJobToken(token, { room, userId: user.id }, secrets, Date.now());
    if (verdict === 'good') return true;
    try {
      if ((await log.ownerOf(room, room)) === user.id) return true;
    } catch (error) {
      causes.warn(
        'job-owner',
        `Whose job it is could not be read, and a join was refused: ${messageOf(error)}`,
      );
      return 'UNAVAILABLE';
    }
    return verdict === 'expired' ? 'TOKEN_EXPIRED' : undefined;
  }
}
