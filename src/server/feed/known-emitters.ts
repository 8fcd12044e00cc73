import { isReadableData } from '../../publishing/index.js';
import { originOf, type RoomMessage } from '../../room-log/index.js';

/** How many are remembered. */
const MAX_KNOWN = 10_000;

/**
 * Whose events are used without a look at their data: those of whom one was what an emitter sends. Looking means parsing,
 * which the events of an emitter that is known need not cost.
 */
export class KnownEmitters {
  #known = new Set<string>();

  /** Whether the data of a room's message is the inside of a packet that clients take. */
  vouchFor(room: string, message: RoomMessage): boolean {
    // Its place in the chain of versions is all that a latest value has; what is kept of it is looked at when it is read.
    if (message.type === 'latest') return message.data.startsWith('"');
    if (message.type === 'cleared') return true;
    const { token, data } = message.event;
    const emitter = originOf(token)?.emitter;
    if (data === null || emitter === undefined) return false;
    if (this.#known.has(emitter)) return true;
    if (!isReadableData(room, data)) return false;
    if (this.#known.size >= MAX_KNOWN) this.#known = new Set();
    this.#known.add(emitter);
    return true;
  }
}
