import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as Connection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { RawClient } from '../../../bench/lib/raw-client.mjs';
import { CauseLog } from '../../../src/logging/index.js';
import { EventFrames, sendFrame } from '../../../src/server/frames/index.js';
import { TestClient } from '../../support/connect-client.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { waitFor } from '../../support/wait-for.js';

const COUNT = 20;

let http: HttpServer;
let io: Server;
let frames: EventFrames;
let socket: Socket;
let client: RawClient;
let received: string[];

beforeEach(async () => {
  http = createServer();
  io = new Server(http);
  frames = new EventFrames(io.of('/'), false, new CauseLog(new RecordingLogger()));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  received = [];
  const connected = new Promise<Socket>((resolve) => io.once('connection', resolve));
  client = new RawClient(port(), {}, (packet) => received.push(packet));
  await client.connected;
  socket = await connected;
  // What the connection itself said has left.
  await waitFor('the transport', () => socket.conn.transport.writable);
  // The last tick with frames had one, whatever the test before did.
  await sendAlone('calm');
  received.length = 0;
});
afterEach(async () => {
  client.close();
  await io.close();
});

const port = (): number => (http.address() as AddressInfo).port;
const names = (): unknown[] => received.map((packet) => (JSON.parse(packet) as unknown[])[0]);
const expected = Array.from({ length: COUNT }, (_, index) => `number-${index}`);

describe('Frames that are sent to a socket in one tick', () => {
  it('leave in one write behind the first, and in one altogether once there was a burst', async () => {
    const writes = countWrites(socket);
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    expect(writes()).toBe(1);
    await waitFor('all of them', () => received.length === COUNT);
    expect(writes()).toBe(2);
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    expect(writes()).toBe(2);
    await waitFor('all of them again', () => received.length === 2 * COUNT);
    expect(writes()).toBe(3);
    expect(names()).toEqual([...expected, ...expected]);
  });

  it('leave at once when they come one by one, from the second tick after a burst on', async () => {
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    await waitFor('all of them', () => received.length === COUNT);
    const writes = countWrites(socket);
    const atOnce: number[] = [];
    for (let count = 0; count < 4; count++) {
      const sent = sendAlone(`lone-${count}`);
      atOnce.push(writes() - count);
      await sent;
    }
    expect(atOnce).toEqual([0, 1, 1, 1]);
  });

  it('leave in the order in which they were sent, with whatever else is sent between them', async () => {
    for (const [index, name] of expected.entries()) {
      if (index % 3 === 1) socket.emit(name, {});
      else sendFrame(socket, frames.control(name, {}));
    }
    await waitFor('all of them', () => received.length === COUNT);
    expect(names()).toEqual(expected);
  });

  it('all come over polling too, where nothing can be sent twice for one request', async () => {
    const connected = new Promise<Socket>((resolve) => io.once('connection', resolve));
    const polling = new TestClient(`http://127.0.0.1:${port()}`, { transports: ['polling'] });
    const other = await connected;
    const got = (): string[] => polling.events.map(({ name }) => name);
    for (const round of [1, 2, 3]) {
      // Several behind one that was alone, when there is a request to answer.
      for (const names of [['lone'], ['lone'], expected]) {
        await waitFor('a request', () => other.conn.transport.writable);
        const count = got().length + names.length;
        for (const name of names) sendFrame(other, frames.control(name, {}));
        await waitFor('the last one', () => got().length >= count);
      }
      expect(got()).toHaveLength(round * (COUNT + 2));
    }
    expect(got()).toEqual(Array.from({ length: 3 }, () => ['lone', 'lone', ...expected]).flat());
    polling.stop();
  });

  it('all leave before a disconnect of the same tick', async () => {
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    socket.disconnect(true);
    await waitFor('all of them', () => received.length === COUNT);
    expect(names()).toEqual(expected);
  });

  it('do not keep later ones: the connection is open again after the tick', async () => {
    const connection = connectionOf(socket);
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    await waitFor('all of them', () => received.length === COUNT);
    expect(connection.writableCorked).toBe(0);
    sendFrame(socket, frames.control('later', {}));
    await waitFor('the later one', () => received.length === COUNT + 1);
  });
});

/** Sends one frame in a tick, and waits until it has come. */
async function sendAlone(name: string): Promise<void> {
  sendFrame(socket, frames.control(name, {}));
  await waitFor(name, () => names().includes(name));
}

/** The connection that ws writes to. */
function connectionOf({ conn }: Socket): Connection {
  return (conn.transport as unknown as { socket: { _socket: Connection } }).socket._socket;
}

/** How often the connection has been written to since. */
function countWrites(of: Socket): () => number {
  type Writes = Record<'_write' | '_writev', (...args: unknown[]) => unknown>;
  const connection = connectionOf(of) as unknown as Writes;
  let count = 0;
  for (const name of ['_write', '_writev'] as const) {
    const write = connection[name].bind(connection);
    connection[name] = (...args) => {
      count++;
      return write(...args);
    };
  }
  return () => count;
}
