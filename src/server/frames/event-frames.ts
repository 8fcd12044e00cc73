import type { Namespace, Server, Socket } from 'socket.io';
import type { CauseLog } from '../../logging/index.js';
import { asksForReceipt, type RoomEvent } from '../../room-log/index.js';
import { traceparentIn, withoutCarried } from '../../tracing/index.js';
import { connectionOf } from '../limits/index.js';
import { tellOutgoingListeners } from '../tell-client.js';
import { cutFailed } from './cut-failed.js';
import { gatherFrames } from './gathered-frames.js';

/** What Socket.IO's own adapters hand to the engine: a packet that is encoded already. */
interface EngineOptions {
  readonly preEncoded: true;
  /** For the websocket transport: the frame, so that it is made once for all sockets. */
  readonly wsPreEncodedFrame?: readonly Buffer[];
}

/** An event as it goes out, made once and sent to any number of sockets. */
export interface Frame {
  readonly packets: readonly unknown[];
  readonly options: EngineOptions;
  /** About how large it is. */
  readonly bytes: number;
  /** The event as the arguments of its handlers; read only where the application listens to outgoing events. */
  readonly args: () => unknown[];
}

interface WithEngine {
  readonly client: { writeToEngine(packets: readonly unknown[], options: EngineOptions): void };
}

interface WithEncoder {
  readonly encoder: { encode(packet: object): unknown[] };
}

/** As Socket.IO's parser numbers its packets. */
const EVENT = 2;

/**
 * Makes frames of events whose JSON is not parsed: the inside of the packet's array, as the emitter wrote it, gets its
 * last argument appended. A packet of Socket.IO's protocol 5 is `2<namespace>,["event",data,meta]`.
 */
export class EventFrames {
  readonly #namespace: string;
  readonly #start: string;
  readonly #encoder: WithEncoder['encoder'];
  readonly #hasOwnParser: boolean;
  readonly #causes: CauseLog;

  /**
   * @param hasOwnParser whether the application has replaced Socket.IO's parser, which then encodes each event
   * @param causes told of what that parser refuses
   */
  constructor(namespace: Namespace, hasOwnParser: boolean, causes: CauseLog) {
    this.#namespace = namespace.name;
    this.#start = namespace.name === '/' ? `${EVENT}[` : `${EVENT}${namespace.name},[`;
    this.#encoder = (namespace.server as Server & WithEncoder).encoder;
    this.#hasOwnParser = hasOwnParser;
    this.#causes = causes;
  }

  /**
   * @param roomJson the room's name as JSON
   * @returns undefined for what cannot be read or encoded
   */
  durable(roomJson: string, { token, data }: RoomEvent): Frame | undefined {
    if (data === null) return undefined;
    const confirm = asksForReceipt(token) ? ',"confirm":true' : '';
    return this.#event(data, `"room":${roomJson},"id":"${token}"${confirm}`);
  }

  /** @returns undefined for what cannot be encoded */
  latest(roomJson: string, key: string, data: string): Frame | undefined {
    return this.#event(data, `"room":${roomJson},"key":${JSON.stringify(key)}`);
  }

  /**
   * One of the library's own messages.
   *
   * @returns undefined where the application's parser refuses it
   */
  control(name: string, message: object): Frame | undefined {
    return this.#frame(`"${name}",${JSON.stringify(message)}`);
  }

  /** What the data carries goes to what accompanies the event. */
  #event(data: string, meta: string): Frame | undefined {
    const traceparent = traceparentIn(data);
    const carried = traceparent === undefined ? '' : `,"traceparent":"${traceparent}"`;
    return this.#frame(`${withoutCarried(data)},{${meta}${carried}}`);
  }

  #frame(inside: string): Frame | undefined {
    const args = (): unknown[] => JSON.parse(`[${inside}]`) as unknown[];
    if (this.#hasOwnParser) return this.#encoded(inside, args);
    const text = `${this.#start}${inside}]`;
    const frame = websocketFrame(text);
    const options: EngineOptions = { preEncoded: true, wsPreEncodedFrame: [frame] };
    return { packets: [text], options, bytes: frame.length, args };
  }

  /** With a parser of the application's, which needs the values: what is no JSON, and what it refuses, cannot be encoded. */
  #encoded(inside: string, args: () => unknown[]): Frame | undefined {
    let data: unknown[];
    try {
      data = args();
    } catch {
      return undefined;
    }
    try {
      const packets = this.#encoder.encode({ type: EVENT, nsp: this.#namespace, data });
      return { packets, options: { preEncoded: true }, bytes: inside.length, args };
    } catch (error) {
      // Its message may quote what could not be encoded.
      const event = String(data[0]);
      const kind = error instanceof Error ? error.name : typeof error;
      this.#causes.error(
        `own-parser:${event}`,
        `The application's parser does not encode the event '${event}' (${kind}): clients are told of a gap, or nothing of a latest value.`,
      );
      return undefined;
    }
  }
}

/**
 * Sends a frame to a socket, as Socket.IO's adapters do, together with all others of the tick. Never throws: a connection that
 * cannot be written to is closed, and its client comes back for what it has not.
 *
 * @param frame undefined for what must be told and cannot be encoded: that closes the connection too
 */
export function sendFrame(socket: Socket, frame: Frame | undefined): void {
  if (!frame) {
    cutFailed(connectionOf(socket), new Error("The application's parser refuses a message of the gateway."));
    return;
  }
  const { packets, options, args } = frame;
  tellOutgoingListeners(socket, args);
  try {
    gatherFrames(socket);
    (socket as unknown as WithEngine).client.writeToEngine(packets, options);
  } catch (error) {
    cutFailed(connectionOf(socket), error);
  }
}

/** How many bytes wait to be sent to a socket, in the engine and in its transport. */
export function unsentBytes({ conn }: Socket): number {
  const { writeBuffer, transport } = conn as unknown as {
    writeBuffer: readonly { data?: { length?: number } }[];
    transport: { socket?: { bufferedAmount?: number } };
  };
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}

/** RFC 6455, section 5.2: one text frame, not masked, with the engine's packet type for a message, '4', before the text. */
function websocketFrame(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1;
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame[start] = 0x34;
  frame.write(text, start + 1, 'utf8');
  return frame;
}
