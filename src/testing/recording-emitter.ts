import type { GatewayError, GatewayEvents, HistoryOptions, RoomHistory } from '../contract/index.js';
import { DEFAULT_DELIVERY } from '../config/index.js';
import { normaliseRoom, userRoom } from '../names/index.js';
import { CauseLog } from '../logging/index.js';
import {
  CommandSender,
  EventPublisher,
  LibraryEvents,
  PublishingEmitter,
  RoomReader,
} from '../publishing/index.js';
import { Recording, type RecordedCommand, type RecordedEmit } from './recording.js';

/** The options of {@link RecordingEmitter}: those of the modules, with the same defaults. */
export interface RecordingEmitterOptions {
  /** As the option of the modules. @default 65536 */
  maxPayloadBytes?: number;
  /** As the option of the modules. @default 'durable' */
  delivery?: 'durable' | 'live';
}

/**
 * A `SocketEmitter` for unit tests: it checks what it is given exactly as the real ones do, sends nothing, and keeps
 * what would have been sent. Provide it as `{ provide: SocketEmitter, useValue: new RecordingEmitter() }`.
 */
export class RecordingEmitter<Events = GatewayEvents> extends PublishingEmitter<Events> {
  readonly #recording: Recording;

  constructor({ maxPayloadBytes = 64 * 1024, delivery = DEFAULT_DELIVERY }: RecordingEmitterOptions = {}) {
    const recording = new Recording();
    const { live, kept, log, online, commands } = recording;
    const causes = new CauseLog({ log: ignore, warn: ignore, error: ignore });
    const publisher = new EventPublisher({ live, kept, delivery, maxPayloadBytes, causes });
    super({
      publisher,
      library: new LibraryEvents(publisher, log, causes),
      commands: new CommandSender({
        log: { tails: () => Promise.resolve([]) },
        kept: {
          emit: () =>
            Promise.resolve(
              recording.failure ? { status: 'failed', error: recording.failure } : { status: 'published' },
            ),
        },
        causes,
        executeLocally: (command) => {
          if (!recording.failure) commands.push(command);
        },
      }),
      reader: new RoomReader({ log, isLocal: (room) => online.has(room) }),
      undelivered: recording.undelivered,
    });
    this.#recording = recording;
  }

  /** All that was published, oldest first. What was a `duplicate` is not among it. */
  get emits(): readonly RecordedEmit[] {
    return this.#recording.emits;
  }

  /** All commands that were given, oldest first. */
  get commands(): readonly RecordedCommand[] {
    return this.#recording.commands;
  }

  /** What was published to one user. */
  emitsToUser(userId: string | number): RecordedEmit[] {
    return this.emitsToRoom(userRoom(userId));
  }

  /** What was published to one room. */
  emitsToRoom(room: string): RecordedEmit[] {
    const name = normaliseRoom(room);
    return this.emits.filter((emit) => emit.room === name);
  }

  /**
   * Hands what was emitted with a `fallback`, to users who were not online, to a handler of `onUndelivered`, each once.
   * Resolves when it has handled all; nothing is handed over without this call.
   *
   * @throws (rejects) what the handler throws
   */
  handOverUndelivered(): Promise<void> {
    return this.#recording.undelivered.handOver();
  }

  /**
   * Makes `isUserOnline` answer so for a user from now on; nobody is online unless it was said. Clients of users who are
   * online acknowledge at once what is emitted with `confirm` or `fallback`.
   */
  setOnline(userId: string | number, isOnline = true): void {
    const room = userRoom(userId);
    if (isOnline) this.#recording.online.add(room);
    else this.#recording.online.delete(room);
  }

  /** The durable emits to a room that were recorded. */
  override async history(room: string, options?: HistoryOptions): Promise<RoomHistory> {
    if (this.#recording.failure) throw this.#recording.failure;
    return super.history(room, options);
  }

  /** What {@link setOnline} said. */
  override async isUserOnline(userId: string | number): Promise<boolean> {
    if (this.#recording.failure) throw this.#recording.failure;
    return super.isUserOnline(userId);
  }

  /** Makes every call fail with `error` from now on, as when Redis is away; undefined ends it. */
  failWith(error: GatewayError | undefined): void {
    this.#recording.failure = error;
  }

  /** Forgets what was recorded. What `failWith` and `setOnline` have said stays. */
  clear(): void {
    this.#recording.clear();
  }
}

function ignore(): void {
  // A failed emit is in its result; a test that wants it looks there.
}
