import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import type {
  ConnectAuth,
  GapReason,
  RefusalCode,
  Reply,
  RoomJoined,
  RoomReadiness,
} from 'nestjs-socket-gateway/contract';
import { Server, type Socket } from 'socket.io';
import { waitFor } from '../../../support/wait-for.js';

/** A room that has been joined, at a position. */
export function joined(room: string, position: string | null, more: Partial<RoomJoined> = {}): RoomJoined {
  return { room, ok: true, position, recovered: null, replayed: 0, ...more };
}

/** The id of the n-th durable event of an emitter. */
export function idOf(n: number, { emitter = 'emitter1', seq = n, salt = 'salt' } = {}): string {
  return `${1_700_000_000_000 + n}-0.${emitter}${seq}.${salt}`;
}

/** One connection, on the side of the server, which says nothing but what a test makes it say. */
export class ScriptedConnection {
  readonly auth: ConnectAuth;
  readonly requests: { name: string; request: { room: string; position?: string; rewind?: unknown } }[] = [];

  constructor(
    readonly socket: Socket,
    reply: (name: string, request: { room: string }) => Reply | undefined,
  ) {
    this.auth = socket.handshake.auth;
    for (const name of ['gateway:join', 'gateway:leave']) {
      socket.on(name, (request: { room: string }, acknowledge: (reply: Reply) => void) => {
        this.requests.push({ name, request });
        const answer = reply(name, request);
        if (answer) acknowledge(answer);
      });
    }
  }

  ready(rooms: RoomReadiness[] = [], userId = 'ada'): this {
    this.socket.emit('gateway:ready', { userId, rooms });
    return this;
  }

  room(readiness: RoomReadiness): this {
    this.socket.emit('gateway:room', readiness);
    return this;
  }

  gap(room: string, reason: GapReason, position: string): this {
    this.socket.emit('gateway:gap', { room, reason, position });
    return this;
  }

  durable(room: string, id: string, name = 'note', data: unknown = id): this {
    this.socket.emit(name, data, { room, id });
    return this;
  }

  latest(room: string, key: string, name: string, data: unknown): this {
    this.socket.emit(name, data, { room, key });
    return this;
  }

  live(name: string, data: unknown): this {
    this.socket.emit(name, data);
    return this;
  }

  /** Breaks the connection as a network does, from the server's side. */
  cut(): void {
    this.socket.conn.close();
  }
}

/** A server that speaks the protocol word by word as a test has it. */
export class ScriptedGateway {
  readonly connections: ScriptedConnection[] = [];
  /** What those who connect now are refused with, one after the other. */
  readonly refusals: (RefusalCode | 'OTHER')[] = [];
  /** What happens at once on a connection; the default is that the test goes on by hand. */
  onConnection: (connection: ScriptedConnection) => void = () => undefined;
  /** How requests are answered: a join with a position, unless a test says otherwise; undefined: not at all. */
  reply: (name: string, request: { room: string }) => Reply | undefined = (name, { room }) =>
    name === 'gateway:join' ? joined(room, idOf(0)) : { ok: true, room };

  readonly #http = createServer();
  readonly #server = new Server(this.#http, { transports: ['websocket'] });
  attemptCount = 0;

  /** @param port a free one unless told */
  static async start(port = 0): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    await new Promise<void>((resolve) => gateway.#http.listen(port, '127.0.0.1', resolve));
    return gateway;
  }

  private constructor() {
    this.#server.use((_, next) => {
      this.attemptCount++;
      const code = this.refusals.shift();
      if (code === undefined) return next();
      next(Object.assign(new Error(code), code === 'OTHER' ? {} : { data: { code } }));
    });
    this.#server.on('connection', (socket) => {
      const connection = new ScriptedConnection(socket, (name, request) => this.reply(name, request));
      this.connections.push(connection);
      this.onConnection(connection);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The n-th connection that was ever made, as soon as it is. */
  connection(n: number): Promise<ScriptedConnection> {
    return waitFor(`connection ${n}`, () => this.connections[n - 1]);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }
}
