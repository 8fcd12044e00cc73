import { MsgpackDecoder } from './msgpack-decoder.js';
import { MsgpackEncoder } from './msgpack-encoder.js';

/** Both directions of the wire format between servers, as the option `parser` of Socket.IO's Redis adapter. */
export class MsgpackParser {
  readonly #encoder = new MsgpackEncoder();
  readonly #decoder = new MsgpackDecoder();

  /** @see MsgpackEncoder.encode */
  encode(value: unknown): Buffer {
    return this.#encoder.encode(value);
  }

  /** @see MsgpackDecoder.decode */
  decode(bytes: Buffer): unknown {
    return this.#decoder.decode(bytes);
  }
}
