import type { Socket } from 'socket.io';
import { isGatewayError } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { messageOf, type RevocationCheck } from '../auth/index.js';
import { getSocketUser } from '../users/index.js';

/** How many sockets are asked about at one time. */
const AT_ONCE = 20;

/** How often it is asked about a socket while the application cannot tell, and the pause between. */
const MAX_TRIES = 6;
const AGAIN_MS = 5000;

/** What becomes of a socket that must not stay. */
type End = (socket: Socket, code: 'TOKEN_REVOKED' | 'AUTH_UNAVAILABLE') => void;

/**
 * Asks about sockets that are connected whether their tokens were revoked, and closes those that were. One that cannot be
 * told about within half a minute is closed too: its client is told more when it comes back.
 */
export class RevocationReview {
  readonly #check: RevocationCheck;
  readonly #end: End;
  readonly #causes: CauseLog;
  /** Sockets to be asked about, and how often that has failed. */
  #waiting = new Map<Socket, number>();
  #later = new Map<Socket, number>();
  #timer: NodeJS.Timeout | undefined;
  #runningCount = 0;

  constructor(check: RevocationCheck, end: End, causes: CauseLog) {
    this.#check = check;
    this.#end = end;
    this.#causes = causes;
  }

  add(sockets: readonly Socket[]): void {
    for (const socket of sockets) this.#waiting.set(socket, 0);
    while (this.#runningCount < AT_ONCE && this.#runningCount < this.#waiting.size) void this.#run();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#later.clear();
  }

  async #run(): Promise<void> {
    this.#runningCount++;
    for (const [socket, tries] of this.#waiting) {
      this.#waiting.delete(socket);
      await this.#askAbout(socket, tries);
    }
    this.#runningCount--;
  }

  async #askAbout(socket: Socket, tries: number): Promise<void> {
    const user = getSocketUser(socket);
    if (!user || !socket.connected) return;
    try {
      const isRevoked = await this.#check.isRevoked(user);
      // Who has refreshed meanwhile was asked about then.
      if (isRevoked && getSocketUser(socket) === user) this.#end(socket, 'TOKEN_REVOKED');
    } catch (error) {
      this.#causes.warn(
        'review-failed',
        `Whether connected users were revoked cannot be told: ${why(error)}.`,
      );
      if (tries + 1 < MAX_TRIES) this.#askLater(socket, tries + 1);
      else this.#end(socket, 'AUTH_UNAVAILABLE');
    }
  }

  #askLater(socket: Socket, tries: number): void {
    this.#later.set(socket, tries);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const again = this.#later;
      this.#later = new Map();
      for (const [one, count] of again) this.#waiting.set(one, count);
      this.add([]);
    }, AGAIN_MS).unref();
  }
}

function why(error: unknown): string {
  return isGatewayError(error) ? error.code : messageOf(error);
}
