import type { Server, Socket } from 'socket.io';
import type { CauseLog } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';
import type { Frame } from '../frames/index.js';
import { connectionOf, cutOff, type ConnectionObserver, type EngineConnection } from '../limits/index.js';
import { HeldValues } from './held-values.js';
import { queuedBytes } from './queued-bytes.js';

/** From here on a client is behind, and gets only the newest of each latest value. */
const BEHIND_BYTES = 64 * 1024;

/** How often clients that are behind are looked at, and how long one may have too much waiting. */
const LOOK_MS = 20;

/** How often all are looked at when little is sent. */
const LOOK_AT_ALL_MS = 5000;

/** A client that is behind. */
interface Behind {
  readonly held: HeldValues<Frame>;
  /** Sends what was held, in the namespace that it is for. */
  socket: Socket | undefined;
  /** Since when it has too much waiting. */
  tooMuchSince: number | undefined;
}

export interface SlowConsumersSettings {
  readonly maxQueuedBytes: number;
  readonly metrics: GatewayMetrics;
  readonly causes: CauseLog;
  readonly send: (socket: Socket, frame: Frame) => void;
}

interface WithEncoder {
  readonly encoder: { encode(packet: object): readonly { readonly length?: number }[] };
}

/**
 * Bounds what waits in this process for clients that do not read. Not every event is checked for every client: no client
 * can have more waiting than was sent since all were looked at, so they are looked at whenever a quarter of what one may
 * have waiting has been made to be sent, to whomever.
 */
export class SlowConsumers implements ConnectionObserver {
  readonly #settings: SlowConsumersSettings;
  readonly #lookAfterBytes: number;
  readonly #counter: Counter;
  readonly #connections = new Set<EngineConnection>();
  readonly #behind = new Map<EngineConnection, Behind>();
  readonly #interval: NodeJS.Timeout;
  #sentBytes = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: SlowConsumersSettings) {
    this.#settings = settings;
    this.#lookAfterBytes = settings.maxQueuedBytes / 4;
    this.#counter = settings.metrics.counter('slow_consumers_total');
    this.#interval = setInterval(() => this.#lookAtAll(), LOOK_AT_ALL_MS).unref();
  }

  opened(connection: EngineConnection): void {
    this.#connections.add(connection);
  }

  closed(connection: EngineConnection): void {
    this.#connections.delete(connection);
    this.#behind.delete(connection);
  }

  /** Counts what is sent by the encoder of a server. */
  watch(io: Server): void {
    // Each packet of Socket.IO is encoded once, however many are sent it.
    const { encoder } = io as unknown as WithEncoder;
    const encode = encoder.encode.bind(encoder);
    encoder.encode = (packet) => {
      const encoded = encode(packet);
      for (const { length } of encoded) this.sent(length ?? 0);
      return encoded;
    };
  }

  /** So many bytes were made, to be sent to any number of clients. */
  sent(bytes: number): void {
    this.#sentBytes += bytes;
    if (this.#sentBytes < this.#lookAfterBytes) return;
    this.#sentBytes = 0;
    // By then the system has been offered all of it.
    this.#immediate ??= setImmediate(() => this.#lookAtAll());
  }

  get isAnyBehind(): boolean {
    return this.#behind.size > 0;
  }

  /** Keeps a latest value for a client that is behind, in place of an older one; returns whether it did. */
  holds(socket: Socket, room: string, key: string, frame: Frame): boolean {
    if (!this.isAnyBehind) return false;
    const behind = this.#behind.get(connectionOf(socket));
    if (!behind) return false;
    behind.socket = socket;
    behind.held.set(room, key, frame);
    return true;
  }

  /** A durable event is about to be sent, which may clear values that came before it. */
  release(socket: Socket, room: string): void {
    const held = this.#behind.get(connectionOf(socket))?.held.take(room) ?? [];
    for (const frame of held) this.#settings.send(socket, frame);
  }

  /** A client has left a room: its values are not for it any more. */
  left(socket: Socket, room: string): void {
    if (this.isAnyBehind) this.#behind.get(connectionOf(socket))?.held.take(room);
  }

  close(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#behind.clear();
  }

  #lookAtAll(): void {
    this.#immediate = undefined;
    for (const connection of this.#connections) {
      // It has been sent everything.
      if (!connection.transport.writable) this.#lookAt(connection);
    }
    this.#lookLater();
  }

  #lookAtThoseBehind(): void {
    this.#timer = undefined;
    for (const connection of [...this.#behind.keys()]) this.#lookAt(connection);
    this.#lookLater();
  }

  #lookLater(): void {
    if (this.#behind.size > 0) this.#timer ??= setTimeout(() => this.#lookAtThoseBehind(), LOOK_MS).unref();
  }

  #lookAt(connection: EngineConnection): void {
    const { maxQueuedBytes } = this.#settings;
    const behind = this.#behind.get(connection);
    const bytes = queuedBytes(connection, maxQueuedBytes) + (behind?.held.bytes ?? 0);
    if (bytes <= BEHIND_BYTES + (behind?.held.bytes ?? 0)) {
      if (behind) this.#caughtUp(connection, behind);
      return;
    }
    const now = performance.now();
    const one = behind ?? { held: new HeldValues<Frame>(), socket: undefined, tooMuchSince: undefined };
    this.#behind.set(connection, one);
    if (bytes <= maxQueuedBytes) one.tooMuchSince = undefined;
    else {
      // What a burst has left behind may be gone in a moment.
      one.tooMuchSince ??= now;
      if (now - one.tooMuchSince >= LOOK_MS) this.#disconnect(connection);
    }
  }

  #caughtUp(connection: EngineConnection, { held, socket }: Behind): void {
    this.#behind.delete(connection);
    if (!socket) return;
    for (const room of held.rooms()) for (const frame of held.take(room)) this.#settings.send(socket, frame);
  }

  #disconnect(connection: EngineConnection): void {
    this.#counter.inc();
    this.#settings.causes.warn(
      'slow-consumer',
      `A client was disconnected: more than ${this.#settings.maxQueuedBytes} bytes (limits.maxQueuedBytes) waited for it to read them.`,
    );
    cutOff(connection, 'slow consumer');
  }
}
