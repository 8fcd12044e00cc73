import { MsgpackParser } from '../../publishing/index.js';
import { checkBroadcast } from './adapter-message.js';

/** The wire format between servers, which lets no broadcast through that clients could not read. */
export class AdapterParser extends MsgpackParser {
  /** @throws when the bytes are not MessagePack, or a broadcast that no server sends */
  override decode(bytes: Buffer): unknown {
    const message = super.decode(bytes);
    if (Array.isArray(message)) checkBroadcast(message);
    return message;
  }
}
