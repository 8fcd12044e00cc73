import { randomBytes } from 'node:crypto';
import { GatewayError, type EmitResult, type SocketTarget } from '../../contract/index.js';
import { isShortText, normaliseRoom, userRoom } from '../../names/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { RoomLog, Token } from '../../room-log/index.js';
import type { KeptSender } from '../kept-sender.js';
import { encodeCommand } from './command-message.js';
import { CONTROL_ROOM } from './control-room.js';
import type { GatewayCommand } from './gateway-command.js';

export interface CommandSenderSettings {
  readonly log: Pick<RoomLog, 'tails'>;
  readonly kept: KeptSender;
  readonly causes: CauseLog;
  /**
   * Carries a command out on this process' own sockets, called in the tick in which it is given. A server then skips what
   * it hears of itself (`from` is {@link CommandSender.id}). @default there are none
   */
  readonly executeLocally?: ((command: GatewayCommand) => void | Promise<void>) | undefined;
  /** Told of a command that was carried out here and did not get into the control room. */
  readonly onAbandoned?: ((command: GatewayCommand) => void) | undefined;
  /** Gives a command to servers that do not follow the control room, at most once. @default there are none */
  readonly relay?: ((command: GatewayCommand) => Promise<void>) | undefined;
}

/**
 * Gives commands about sockets to all servers of the namespace, through the control room: in the order in which they were
 * given, and not lost when a server or Redis is away for a moment.
 */
export class CommandSender {
  /** As whom it speaks; servers know by it what is their own. */
  readonly id = randomBytes(9).toString('base64url');
  readonly #settings: CommandSenderSettings;
  /** Resolves when the command before has its place in the control room. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: CommandSenderSettings) {
    this.#settings = settings;
  }

  /** @throws (rejects) INVALID_USER, INVALID_ROOM, or why the command could not be sent */
  async join(who: SocketTarget, room: string): Promise<void> {
    await this.#give({ type: 'join', members: membersOf(who), room: normaliseRoom(room) });
  }

  /** @throws (rejects) as {@link join} */
  async leave(who: SocketTarget, room: string): Promise<void> {
    await this.#give({ type: 'leave', members: membersOf(who), room: normaliseRoom(room) });
  }

  /** @throws (rejects) INVALID_USER, INVALID_OPTIONS for the reason, or why the command could not be sent */
  async disconnectUser(userId: unknown, reason?: unknown): Promise<void> {
    const members = userRoom(userId);
    if (reason === undefined) return this.#give({ type: 'disconnect', members });
    if (!isShortText(reason)) {
      throw new GatewayError(
        'INVALID_OPTIONS',
        'The reason of a disconnect must be text of 1 to 256 bytes without control characters.',
      );
    }
    return this.#give({ type: 'disconnect', members, reason });
  }

  /** @throws (rejects) INVALID_USER, or why the command could not be sent */
  async revokeUser(userId: unknown): Promise<void> {
    await this.#give({ type: 'revoke', members: userRoom(userId) });
  }

  async #give(command: GatewayCommand): Promise<void> {
    const { executeLocally, onAbandoned } = this.#settings;
    // Not awaited yet, so that neither waits for the other; async, so that what throws is one that rejects.
    const executed = (async () => executeLocally?.(command))();
    const [sent, local] = await Promise.allSettled([this.#send(command), executed]);
    if (sent.status === 'rejected') {
      onAbandoned?.(command);
      throw sent.reason;
    }
    if (local.status === 'rejected') throw local.reason;
  }

  async #send(command: GatewayCommand): Promise<void> {
    // Asked for now, in the tick of the call; the order of the commands is kept by waiting for the turn.
    const position = command.type === 'join' ? this.#tailOf(command.room) : Promise.resolve(undefined);
    const turn = this.#turn;
    const placed = (async () => {
      await turn;
      return this.#append(command, await position);
    })();
    this.#turn = placed.catch(() => undefined);
    const { result } = await placed;
    const outcome = await result;
    if (outcome.status === 'failed') throw outcome.error;
    if (outcome.status === 'queued') {
      this.#settings.causes.warn(
        'command:queued',
        'Redis has not taken a command in time. It is queued in memory, and reaches the servers when Redis is back.',
      );
    } else await this.#relay(command);
  }

  async #relay(command: GatewayCommand): Promise<void> {
    const { relay, causes } = this.#settings;
    try {
      await relay?.(command);
    } catch (error) {
      causes.warn(
        'command:relay',
        `A command did not reach servers that are not ours, if there are any: ${String(error)}`,
      );
    }
  }

  /** In an object, so that its result is not waited for: only its place matters to the next command. */
  #append(command: GatewayCommand, position: Token | undefined): { result: Promise<EmitResult> } {
    const placed = position === undefined ? command : { ...command, position };
    const data = encodeCommand({ from: this.id, command: placed });
    return { result: this.#settings.kept.emit(CONTROL_ROOM, { delivery: 'durable', data }) };
  }

  /**
   * Where a room is before the command to join it is given. Without it this could happen:
   *
   * 1. A worker awaits `joinRoom({ userId: 'ada' }, 'lobby')`; the command is in the control room.
   * 2. It emits E to the lobby. E is in the lobby's log.
   * 3. Ada's server reads the command. It has nobody in the lobby so far, begins to follow it, and finds that its tail is E.
   * 4. Ada's sockets are attached at E: they get what comes after it, and never E, though it was emitted after the join.
   *
   * The command says that the tail was P before all this, so the sockets are attached at P, and E is the first they get.
   */
  async #tailOf(room: string): Promise<Token | undefined> {
    try {
      const [report] = await this.#settings.log.tails([room]);
      return report && 'tail' in report ? report.tail : undefined;
    } catch {
      // Redis is away: what is emitted meanwhile waits behind the command, in the same process at least.
      return undefined;
    }
  }
}

/** The room that holds exactly the sockets that are meant: every socket is in one named after itself. */
function membersOf(who: SocketTarget): string {
  if (typeof (who as unknown) !== 'object' || (who as unknown) === null) {
    throw new GatewayError('INVALID_USER', 'Sockets are named by { socketId } or { userId }.');
  }
  return 'socketId' in who ? normaliseRoom(who.socketId) : userRoom(who.userId);
}
