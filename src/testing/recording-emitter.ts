import type { GatewayError, GatewayEvents } from '../contract/index.js';
import { normaliseRoom, userRoom } from '../names/index.js';
import { CauseLog } from '../logging/index.js';
import { EventPublisher, PublishingEmitter, type LiveSender } from '../publishing/index.js';

/** One emit that was `published`. */
export interface RecordedEmit {
  /** The room that it went to; null is everybody. A user's own room is `user:<id>`. */
  readonly room: string | null;
  /** Rooms that were left out. */
  readonly except: readonly string[];
  readonly event: string;
  /** What receivers would get: JSON's types alone. */
  readonly data: unknown;
}

/** What the recorder keeps, filled by its sender. */
interface Recording {
  emits: RecordedEmit[];
  failure: GatewayError | undefined;
}

/**
 * A `SocketEmitter` for unit tests: it checks what it is given exactly as the real ones do, sends nothing, and keeps
 * what would have been sent. Provide it as `{ provide: SocketEmitter, useValue: new RecordingEmitter() }`.
 */
export class RecordingEmitter<Events = GatewayEvents> extends PublishingEmitter<Events> {
  readonly #recording: Recording;

  constructor({ maxPayloadBytes = 64 * 1024 }: { maxPayloadBytes?: number } = {}) {
    const recording: Recording = { emits: [], failure: undefined };
    const causes = new CauseLog({ log: ignore, warn: ignore, error: ignore });
    super(new EventPublisher({ live: recordingSender(recording), maxPayloadBytes, causes }));
    this.#recording = recording;
  }

  /** All that was published, oldest first. */
  get emits(): readonly RecordedEmit[] {
    return this.#recording.emits;
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

  /** Makes every emit and command fail with `error` from now on, as when Redis is away; undefined ends it. */
  failWith(error: GatewayError | undefined): void {
    this.#recording.failure = error;
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#recording.emits.length = 0;
  }
}

function recordingSender(recording: Recording): LiveSender {
  const settle = (): Promise<void> =>
    recording.failure ? Promise.reject(recording.failure) : Promise.resolve();
  return {
    async emit({ room, except }, event, data) {
      // The real ones have written it down by now: what the application does with its object later changes nothing.
      const sent = structuredClone(data);
      await settle();
      recording.emits.push({ room, except, event, data: sent });
    },
    join: settle,
    leave: settle,
    disconnect: settle,
  };
}

function ignore(): void {
  // A failed emit is in its result; a test that wants it looks there.
}
