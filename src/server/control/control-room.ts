import type { Socket } from 'socket.io';
import type { GapReason } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { CONTROL_ROOM, parseCommand, type GatewayCommand } from '../../publishing/index.js';
import { streamIdOf, type RoomEvent, type Token } from '../../room-log/index.js';
import { messageOf } from '../auth/index.js';
import type { FeedRoom, RoomFeed, RoomListener } from '../feed/index.js';
import type { CommandExecutor } from './command-executor.js';

/** Redis may be away for long; a command that the outbox gave up is never heard. */
const FORGET_UNHEARD_MS = 10 * 60_000;

/** How many commands are looked through that were given before this server had first reached Redis. */
const MAX_PAST = 1000;

/**
 * Follows the room in which commands about sockets travel: disconnect, join, leave. It is durable, so a server that was cut
 * off when a command was given carries it out when it is back; also one that had clients before it reached Redis for the
 * first time.
 */
export class ControlRoom implements RoomListener {
  readonly #executor: CommandExecutor;
  readonly #ownId: string;
  readonly #causes: CauseLog;

  #room: FeedRoom | undefined;
  #hasBegun = false;
  /** What has come while the past is read: it is newer. */
  #held: RoomEvent[] | undefined;

  /** Commands of this process that were carried out here, and have not been heard yet. */
  #unheard: readonly { readonly command: GatewayCommand; readonly at: number }[] = [];

  /** @param ownId as whom this process gives commands, which it carries out when it gives them */
  constructor(executor: CommandExecutor, ownId: string, causes: CauseLog) {
    this.#executor = executor;
    this.#ownId = ownId;
    this.#causes = causes;
  }

  follow(feed: RoomFeed): void {
    this.#room = feed.follow(CONTROL_ROOM, this);
  }

  /**
   * Carries out a command of this process, before the control room has it. Commands of others that are heard before it are
   * older than it is, and must not undo it:
   *
   * 1. A worker takes bob out of the lobby; the control room has it, and this server will hear it in a moment.
   * 2. This server puts bob into the lobby: he is in it at once, and the command goes to the control room.
   * 3. It hears 1, and leaves bob where he is. It hears 2.
   */
  executeOwn(command: GatewayCommand): Promise<void> {
    const now = performance.now();
    const kept = this.#unheard.filter(({ at }) => now - at < FORGET_UNHEARD_MS);
    this.#unheard = [...kept, { command, at: now }];
    return this.#executor.execute(command);
  }

  /** A command of this process did not get into the control room. */
  abandon(command: GatewayCommand): void {
    this.#unheard = this.#unheard.filter((one) => one.command !== command);
  }

  event(event: RoomEvent): void {
    if (this.#held) this.#held.push(event);
    else this.#carryOut(event);
  }

  /** @param isPast whether it was given before this server followed: it is not about sockets that have connected since */
  #carryOut({ token, data }: RoomEvent, isPast = false): void {
    const givenAt = streamIdOf(token).ms;
    const message = parseCommand(data);
    if (!message) {
      this.#causes.warn('unknown-command', 'A command in the control room is none that this server knows.');
      return;
    }
    const { from, command } = message;
    if (from === this.#ownId) {
      this.#hearOwn(command);
      return;
    }
    const isOutdated = (socket: Socket): boolean =>
      (isPast && socket.handshake.issued > givenAt) || this.#isOutdated(command, socket);
    this.#executor.execute(command, { givenAt, isOutdated }).catch((error: unknown) => {
      this.#causes.error('command-failed', `A command could not be carried out: ${messageOf(error)}`);
    });
  }

  gap(reason: GapReason): void {
    this.#causes.error(
      'commands-missed',
      `Commands about sockets were missed (${reason}): a user who was to be disconnected may still be connected here.`,
    );
    this.#unheard = [];
    this.#executor.review();
  }

  #hearOwn(command: GatewayCommand): void {
    const index = this.#unheard.findIndex((one) => isSame(one.command, command));
    if (index !== -1) this.#unheard = this.#unheard.toSpliced(index, 1);
  }

  #isOutdated(command: GatewayCommand, socket: Socket): boolean {
    if (!('room' in command)) return false;
    return this.#unheard.some(
      ({ command: own }) => 'room' in own && own.room === command.room && socket.rooms.has(own.members),
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

  reached(position: Token): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const since = this.#executor.firstConnectedAt();
    if (since === undefined) return;
    this.#held = [];
    void this.#catchUp(position, since);
  }

  /** Carries out what was given since the first of those who are here connected, up to where it is followed from. */
  async #catchUp(position: Token, since: number): Promise<void> {
    try {
      const look = await (this.#room as FeedRoom).newest(MAX_PAST);
      const events = look.verdict === 'chain' ? look.events : [];
      const past = events.slice(0, events.findIndex(({ token }) => token === position) + 1);
      for (const event of past) if (streamIdOf(event.token).ms >= since) this.#carryOut(event, true);
      const oldest = events[0];
      const isWhole = !oldest || streamIdOf(oldest.token).ms < since || events.length < MAX_PAST;
      if (!isWhole || (past.length === 0 && oldest && oldest.prev !== position)) this.gap('limit');
    } catch {
      // The log was there a moment ago, and has gone away again.
      this.gap('unreadable');
    } finally {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const event of held) this.#carryOut(event);
    }
  }
}

function isSame(one: GatewayCommand, other: GatewayCommand): boolean {
  if (one.type !== other.type || one.members !== other.members) return false;
  return !('room' in one) || !('room' in other) || one.room === other.room;
}
