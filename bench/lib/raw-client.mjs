import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const TEXT_FRAME = 0x81;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * A Socket.IO client that does as little as the protocol allows, over the websocket transport: the cheaper the clients,
 * the more of the machine is left to what is measured.
 *
 * @see https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/
 */
export class RawClient {
  #socket;
  #rest = Buffer.alloc(0);
  #isUpgraded = false;
  #auth;
  #onEvent;
  #readyPacket;
  #isReady = false;
  /** What the server said when it let the client in, as JSON. */
  greeting = '{}';
  /** @type {() => void} */
  #connected = () => {};
  /** @type {(error: Error) => void} */
  #refused = () => {};

  /**
   * @param {number} port of a server on 127.0.0.1
   * @param {object} auth
   * @param {(packet: string) => void} [onEvent] is given each event as the JSON array that it travels as
   * @param {string} [readyEvent] the event with which the server says that the client misses nothing more: `connected`
   *   resolves then. Default: once it is connected
   */
  constructor(port, auth, onEvent = () => {}, readyEvent) {
    this.#auth = JSON.stringify(auth);
    this.#onEvent = onEvent;
    this.#readyPacket = readyEvent === undefined ? '40' : `42["${readyEvent}"`;
    this.connected = new Promise((resolve, reject) => {
      this.#connected = () => resolve(undefined);
      this.#refused = reject;
    });
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.once('error', (error) => this.#refused(error));
    this.#socket.once('close', () => this.#refused(new Error('The server has closed the connection.')));
    this.#socket.write(
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
  }

  close() {
    this.#socket.destroy();
  }

  /** @param {unknown[]} args an event's name, and what goes with it: ASCII, below 64 KiB */
  emit(...args) {
    this.#send(`42${JSON.stringify(args)}`);
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#isUpgraded) {
      const end = bytes.indexOf(END_OF_HEAD);
      if (end !== -1) {
        this.#isUpgraded = true;
        bytes = bytes.subarray(end + END_OF_HEAD.length);
      }
    }
    this.#rest = this.#isUpgraded ? bytes.subarray(this.#readFrames(bytes)) : bytes;
  }

  /**
   * @param {Buffer} bytes
   * @returns {number} how many of them were whole frames
   */
  #readFrames(bytes) {
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1] ?? 0;
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + headLength > bytes.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : Number(bytes.readBigUInt64BE(at + 2));
      const end = at + headLength + length;
      if (end > bytes.length) break;
      this.#take(bytes.latin1Slice(at + headLength, end));
      at = end;
    }
    return at;
  }

  /** @param {string} packet what is measured here is ASCII */
  #take(packet) {
    if (!this.#isReady) this.#takeBeforeReady(packet);
    if (packet.startsWith('42')) this.#onEvent(packet.slice(2));
    else if (packet === '2') this.#send('3');
    else if (packet.startsWith('44')) this.#refused(new Error(`The server has refused: ${packet}`));
    else if (packet.startsWith('0')) this.#send(`40${this.#auth}`);
  }

  /** @param {string} packet */
  #takeBeforeReady(packet) {
    if (packet.startsWith('40')) this.greeting = packet.slice(2);
    if (!packet.startsWith(this.#readyPacket)) return;
    this.#isReady = true;
    this.#connected();
  }

  /** @param {string} text */
  #send(text) {
    const length = Buffer.byteLength(text);
    const head =
      length < 126
        ? Buffer.from([TEXT_FRAME, 0x80 | length])
        : Buffer.from([TEXT_FRAME, 0x80 | 126, length >> 8, length & 0xff]);
    // A mask of zeros leaves the bytes as they are.
    this.#socket.write(Buffer.concat([head, Buffer.alloc(4), Buffer.from(text)]));
  }
}
