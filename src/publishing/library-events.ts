import type { EmitResult } from '../contract/index.js';
import type { Fence, RoomLog, Run, RunRequest } from '../room-log/index.js';
import type { CauseLog } from '../logging/index.js';

/** How an event of the library's own is kept. */
export type LibraryPlan =
  | {
      readonly delivery: 'durable';
      readonly dedupeKey?: string | undefined;
      readonly clears?: string | undefined;
      readonly fence?: Fence | undefined;
    }
  | { readonly delivery: 'latest'; readonly key: string; readonly fence?: Fence | undefined };

/** Where they enter. */
interface PlannedEmits {
  toRoomByPlan(room: string, event: string, data: unknown, plan: LibraryPlan): Promise<EmitResult>;
}

/**
 * The way by which parts of the library emit events of its own, which applications may not: without the check of the
 * event's name, and with what only the library may say.
 */
export class LibraryEvents {
  readonly #publisher: PlannedEmits;
  readonly #log: Pick<RoomLog, 'beginRun'>;
  readonly #causes: CauseLog;

  constructor(publisher: PlannedEmits, log: Pick<RoomLog, 'beginRun'>, causes: CauseLog) {
    this.#publisher = publisher;
    this.#log = log;
    this.#causes = causes;
  }

  /** Emits to a room. Never rejects; what cannot be sent is `failed`. */
  emit(room: string, event: string, data: unknown, plan: LibraryPlan): Promise<EmitResult> {
    return this.#publisher.toRoomByPlan(room, event, data, plan);
  }

  /** @throws (rejects) why the log cannot tell */
  beginRun(room: string, request: RunRequest): Promise<Run> {
    return this.#log.beginRun(room, request);
  }

  /** Says something in the log, once for a cause. */
  warn(cause: string, message: string): void {
    this.#causes.warn(cause, message);
  }
}
