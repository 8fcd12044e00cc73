export { MsgpackDecoder } from './msgpack-decoder.js';
export { MsgpackEncoder } from './msgpack-encoder.js';
export { MsgpackParser } from './msgpack-parser.js';
