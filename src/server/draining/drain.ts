import type { Namespace, Server, Socket } from 'socket.io';
import type { DrainingMessage, RefusalData } from '../../contract/index.js';
import type { GatewayLogger } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';
import { tellClient } from '../tell-client.js';
import { connectionsOf, cutStuck, type EngineConnection } from './cut-stuck.js';
import { leaveSlots } from './leave-slots.js';
import { refuseConnections } from './refuse-connections.js';

/** How often those are closed whose time is up: all of them together are a batch. */
const BATCH_EVERY_MS = 100;

export interface DrainSettings {
  /** How long clients may take to leave; 0: they are not asked to. */
  readonly drainMs: number;
  readonly logger: GatewayLogger;
  readonly metrics: GatewayMetrics;
}

/**
 * How the clients of a server leave it when it ends: nobody new is let in, each client is told when to connect elsewhere, one
 * after the other, and who is still there a moment after that is disconnected.
 */
export class Drain {
  readonly #settings: DrainSettings;
  readonly #servers = new Set<Server>();
  readonly #guarded = new WeakSet<Namespace>();
  readonly #refused: Counter;
  readonly #left: Counter;
  readonly #closed: Counter;
  readonly #cut: Counter;
  #beganAt: number | undefined;
  #ended: Promise<void> | undefined;

  constructor(settings: DrainSettings) {
    const { metrics } = settings;
    this.#settings = settings;
    this.#refused = metrics.counter('handshakes_total', { result: 'SERVER_DRAINING' });
    this.#left = metrics.counter('drained_connections_total', { end: 'left' });
    this.#closed = metrics.counter('drained_connections_total', { end: 'closed' });
    this.#cut = metrics.counter('drained_connections_total', { end: 'cut' });
  }

  /** Whether the server is about to end: it lets nobody in any more. */
  get isDraining(): boolean {
    return this.#beganAt !== undefined;
  }

  /** How long ago it began, in ms; 0 before. */
  get elapsedMs(): number {
    return this.#beganAt === undefined ? 0 : performance.now() - this.#beganAt;
  }

  /** A server of Socket.IO whose connections are drained. */
  add(io: Server): void {
    this.#servers.add(io);
    refuseConnections(
      io,
      () => this.isDraining,
      () => this.#refused.inc(),
    );
  }

  /** Refuses sockets of connections that were there before, too. To be called after those who authenticate them. */
  protect(namespace: Namespace): void {
    if (this.#guarded.has(namespace)) return;
    this.#guarded.add(namespace);
    namespace.use((_socket, next) => {
      if (!this.isDraining) return next();
      this.#refused.inc();
      const data: RefusalData = { code: 'SERVER_DRAINING' };
      next(Object.assign(new Error(data.code), { data }));
    });
  }

  /**
   * Begins, and resolves when nobody is connected any more, at the latest `drainMs` and a moment later. At once without
   * clients, and with `drainMs: 0`.
   *
   * @param namespace whose sockets are told when to leave; those of others only notice that they are disconnected
   */
  begin(namespace: Namespace | undefined): Promise<void> {
    this.#beganAt ??= performance.now();
    this.#ended ??= this.#drain(namespace);
    return this.#ended;
  }

  /** To be called when a server is being closed: cuts off the clients that do not notice, for whom its end would wait. */
  cut(io: Server): void {
    void cutStuck(connectionsOf(io)).then((count) => this.#cut.inc(count));
  }

  async #drain(namespace: Namespace | undefined): Promise<void> {
    const { drainMs, logger } = this.#settings;
    const connections = this.#connections();
    if (drainMs === 0 || connections.length === 0) return;
    logger.log(`Draining: ${connections.length} connections leave within ${drainMs} ms.`);
    const { graceMs, slotsMs } = leaveSlots(connections.length, drainMs);
    const slots = new Map(connections.map((connection, index) => [connection, slotsMs[index] as number]));
    for (const socket of namespace?.sockets.values() ?? []) tell(socket, slots);
    const closed = await this.#closeInBatches(slots, graceMs);
    const cutCount = await cutStuck(closed);
    this.#left.inc(Math.max(0, connections.length - closed.length));
    this.#closed.inc(closed.length - cutCount);
    this.#cut.inc(cutCount);
    logger.log(
      `Drained in ${(this.elapsedMs / 1000).toFixed(1)} s: ${connections.length - closed.length} left, ${closed.length} were disconnected, ${cutCount} of them did not answer.`,
    );
  }

  /** Closes who is still there after its slot; resolves, when nobody is there any more, with who was closed. */
  #closeInBatches(
    slots: ReadonlyMap<EngineConnection, number>,
    graceMs: number,
  ): Promise<EngineConnection[]> {
    const closed = new Set<EngineConnection>();
    return new Promise((resolve) => {
      const end = (): void => {
        const isOver = this.elapsedMs > this.#settings.drainMs;
        if (this.#connections().length > 0 && !isOver) return;
        clearInterval(timer);
        resolve([...closed]);
      };
      const closeDue = (): void => {
        const isLast = this.elapsedMs >= this.#settings.drainMs;
        for (const connection of this.#connections()) {
          // One without a slot was on its way in when all others were told.
          const dueMs = (slots.get(connection) ?? 0) + graceMs;
          if (!isLast && this.elapsedMs < dueMs) continue;
          closed.add(connection);
          close(connection, isLast);
        }
        end();
      };
      const timer = setInterval(closeDue, Math.max(1, Math.min(BATCH_EVERY_MS, graceMs)));
      // The client is forgotten in the tick of this event, after those who hear it.
      for (const connection of slots.keys()) connection.once('close', () => setImmediate(end));
    });
  }

  #connections(): EngineConnection[] {
    return [...this.#servers].flatMap(connectionsOf);
  }
}

/** Its transport is closed, not its socket: then a client takes it for a broken connection and connects again. */
function close(connection: EngineConnection, isLast: boolean): void {
  const { transport } = connection;
  // A client that polls and does not ask at this moment would be waited for, as one that does not read at the end.
  connection.close(isLast || (transport.name === 'polling' && !transport.writable));
}

function tell(socket: Socket, slots: ReadonlyMap<EngineConnection, number>): void {
  const reconnectInMs = slots.get(socket.conn);
  if (reconnectInMs === undefined) return;
  tellClient(socket, 'gateway:draining', { reconnectInMs } satisfies DrainingMessage);
}
