import { MsgpackParser } from '../../publishing/index.js';
import { checkBroadcast } from './adapter-message.js';

/** The wire format between servers, which lets no broadcast through that clients could not read. */
export class AdapterParser extends MsgpackParser {
  /** The room of the channel from which broadcasts are being read: '' when it is that of no single room. */
  #room: string | undefined;
  /** Told of what was read from it, before anybody is given that. */
  #onBroadcast: ((message: unknown) => void) | undefined;

  /**
   * Reads a broadcast of a room's channel. Its channel says the same as its options, and both must agree: options that
   * were damaged would send it to others.
   *
   * @param read decodes it, in this very call
   * @param onBroadcast told of it when it is decoded and good
   */
  ofChannel<Outcome>(room: string, read: () => Outcome, onBroadcast?: (message: unknown) => void): Outcome {
    this.#room = room;
    this.#onBroadcast = onBroadcast;
    try {
      return read();
    } finally {
      this.#room = undefined;
      this.#onBroadcast = undefined;
    }
  }

  /** @throws when the bytes are not MessagePack, or a broadcast that no server sends */
  override decode(bytes: Buffer): unknown {
    const message = super.decode(bytes);
    if (this.#room !== undefined) {
      checkBroadcast(message, this.#room);
      this.#onBroadcast?.(message);
    }
    return message;
  }
}
