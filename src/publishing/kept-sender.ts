import type { EmitResult } from '../contract/index.js';
import type { Fence } from '../room-log/index.js';
import type { ReceiptWish } from '../room-log/index.js';

/**
 * What is emitted to a room and kept, and how. `data` is the inside of the JSON array that a Socket.IO packet carries,
 * `"import:done",{"rows":3}`: a server makes a frame of it by joining strings, and parses nothing.
 */
export type KeptEmit =
  | {
      readonly delivery: 'durable';
      readonly data: string;
      readonly dedupeKey?: string | undefined;
      readonly clears?: string | undefined;
      readonly fence?: Fence | undefined;
      readonly receipt?: ReceiptWish | undefined;
    }
  | {
      readonly delivery: 'latest';
      readonly data: string;
      readonly key: string;
      readonly fence?: Fence | undefined;
    };

/** How `durable` and `latest` events leave a process. */
export interface KeptSender {
  /**
   * Emits to a room. Never rejects, and settles in bounded time.
   *
   * @param room its normalised name
   */
  emit(room: string, emit: KeptEmit): Promise<EmitResult>;
}
