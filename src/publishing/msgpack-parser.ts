import notepack from 'notepack.io';
import { MsgpackEncoder } from './msgpack-encoder.js';

/** Both directions of the wire format between servers, as the option `parser` of Socket.IO's Redis adapter. */
export class MsgpackParser extends MsgpackEncoder {
  /** @throws when the bytes are not MessagePack */
  decode(bytes: Buffer): unknown {
    return notepack.decode(bytes);
  }
}
