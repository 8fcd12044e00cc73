import type { GapReason } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { CONTROL_ROOM, parseCommand } from '../../publishing/index.js';
import { streamIdOf, type Position, type RoomEvent } from '../../room-log/index.js';
import { messageOf } from '../auth/index.js';
import type { RoomFeed, RoomListener } from '../feed/index.js';
import type { CommandExecutor } from './command-executor.js';

/**
 * Follows the room in which commands about sockets travel: disconnect, join, leave. It is durable, so a server that was cut
 * off when a command was given carries it out when it is back.
 */
export class ControlRoom implements RoomListener {
  readonly #executor: CommandExecutor;
  readonly #ownId: string;
  readonly #causes: CauseLog;

  /** @param ownId as whom this process gives commands, which it carries out when it gives them */
  constructor(executor: CommandExecutor, ownId: string, causes: CauseLog) {
    this.#executor = executor;
    this.#ownId = ownId;
    this.#causes = causes;
  }

  follow(feed: RoomFeed): void {
    feed.follow(CONTROL_ROOM, this);
  }

  event({ token, data }: RoomEvent): void {
    const message = parseCommand(data);
    if (!message) {
      this.#causes.warn('unknown-command', 'A command in the control room is none that this server knows.');
      return;
    }
    if (message.from === this.#ownId) return;
    this.#executor.execute(message.command, streamIdOf(token).ms).catch((error: unknown) => {
      this.#causes.error('command-failed', `A command could not be carried out: ${messageOf(error)}`);
    });
  }

  gap(reason: GapReason): void {
    this.#causes.error(
      'commands-missed',
      `Commands about sockets were missed (${reason}): a user who was to be disconnected may still be connected here.`,
    );
  }

  repeated(): void {
    // It has been carried out.
  }

  latest(): void {
    // There are no latest values in the control room.
  }

  latestReadBegins(): void {
    // As above.
  }

  latestSynced(): void {
    // As above.
  }

  reached(): void {
    // Nobody attaches to it.
  }

  confirmed(): void {
    // As above.
  }

  firstPosition(): Position | null {
    return null;
  }
}
