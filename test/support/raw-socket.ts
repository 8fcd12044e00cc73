import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { waitFor } from './wait-for.js';

const TEXT_FRAME = 0x81;
const HEAD_END = Buffer.from('\r\n\r\n');

/** The bytes of one text frame, masked by zeros, as clients must. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(6) : length < 65_536 ? Buffer.alloc(8) : Buffer.alloc(14);
  head[0] = TEXT_FRAME;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (length >= 65_536) head.writeBigUInt64BE(BigInt(length), 2);
  else if (length >= 126) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

/** The bytes of an empty frame that brings no message: 0x9 is a ping, 0xa a pong. */
export function controlFrame(opcode: number): Buffer {
  return Buffer.from([0x80 | opcode, 0x80, 0, 0, 0, 0]);
}

/** A client that obeys no rules of Socket.IO: it sends what it is told to, as it is, and reads only if it is told to. */
export class RawSocket {
  /** What has come in: packets of Engine.IO, or the whole answer when it was no WebSocket. */
  readonly packets: string[] = [];
  answer = '';
  isClosed = false;
  readonly tcp: Socket;
  #rest = Buffer.alloc(0);
  #isUpgraded = false;

  /** @param headers of the handshake, beside those that it needs */
  constructor(url: string, headers: Record<string, string> = {}) {
    const { hostname, port } = new URL(url);
    this.tcp = connect({ host: hostname, port: Number(port), noDelay: true });
    this.tcp.on('data', (bytes) => this.#read(bytes));
    this.tcp.on('error', () => undefined);
    this.tcp.on('close', () => (this.isClosed = true));
    const lines = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    this.tcp.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  /** Opens one, and connects it to '/' as the bearer of a token. */
  static async connect(url: string, auth: object): Promise<RawSocket> {
    const socket = new RawSocket(url);
    await socket.next('0');
    socket.send(`40${JSON.stringify(auth)}`);
    await socket.next('40');
    return socket;
  }

  /** Sends a packet of Engine.IO: '42["event"]' is an event. */
  send(packet: string): void {
    this.tcp.write(textFrame(packet));
  }

  /** Waits for a packet that starts so. */
  next(start: string): Promise<string> {
    return waitFor(`a packet '${start}…'`, () => this.packets.find((packet) => packet.startsWith(start)));
  }

  closed(): Promise<boolean> {
    return waitFor('the server to close a connection', () => this.isClosed);
  }

  close(): void {
    this.tcp.destroy();
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#isUpgraded) {
      const end = this.#rest.indexOf(HEAD_END);
      this.answer = this.#rest.toString();
      if (end === -1 || !this.answer.startsWith('HTTP/1.1 101')) return;
      this.#isUpgraded = true;
      this.#rest = this.#rest.subarray(end + HEAD_END.length);
    }
    for (let frame = frameIn(this.#rest); frame; frame = frameIn(this.#rest)) {
      this.#rest = this.#rest.subarray(frame.end);
      const text = frame.payload.toString();
      if (text === '2') this.send('3');
      else if (frame.isText) this.packets.push(text);
    }
  }
}

function frameIn(bytes: Buffer): { payload: Buffer; end: number; isText: boolean } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] as number;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { payload: bytes.subarray(start, end), end, isText: bytes[0] === TEXT_FRAME };
}
