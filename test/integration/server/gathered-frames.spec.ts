import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as Connection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { RawClient } from '../../../bench/lib/raw-client.mjs';
import { EventFrames, sendFrame } from '../../../src/server/frames/index.js';
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
  frames = new EventFrames(io.of('/'), false);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  received = [];
  const connected = new Promise<Socket>((resolve) => io.once('connection', resolve));
  const { port } = http.address() as AddressInfo;
  client = new RawClient(port, {}, (packet) => received.push(packet));
  await client.connected;
  socket = await connected;
  // What the connection itself said has left.
  await waitFor('the transport', () => socket.conn.transport.writable);
});
afterEach(async () => {
  client.close();
  await io.close();
});

const names = (): unknown[] => received.map((packet) => (JSON.parse(packet) as unknown[])[0]);
const expected = Array.from({ length: COUNT }, (_, index) => `number-${index}`);

describe('Frames that are sent to a socket in one tick', () => {
  it('leave in one write', async () => {
    const writes = countWrites(socket);
    for (const name of expected) sendFrame(socket, frames.control(name, {}));
    await waitFor('all of them', () => received.length === COUNT);
    expect(names()).toEqual(expected);
    expect(writes()).toBe(1);
  });

  it('leave in the order in which they were sent, with whatever else is sent between them', async () => {
    for (const [index, name] of expected.entries()) {
      if (index % 3 === 1) socket.emit(name, {});
      else sendFrame(socket, frames.control(name, {}));
    }
    await waitFor('all of them', () => received.length === COUNT);
    expect(names()).toEqual(expected);
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
