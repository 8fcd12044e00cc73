import { GatewayError } from '../contract/index.js';
import type { CauseLog, GatewayLogger } from '../logging/index.js';
import { GatheredWrites } from './gathered-writes.js';
import { createClient, type ReachableRedis, type RedisClient } from './redis-client.js';
import { redisFailure } from './redis-failure.js';

/** How many calls may wait for the first connection; more fail at once, so that nothing grows. */
const MAX_WAITING = 10_000;

/**
 * - `idle`: nobody has needed it yet.
 * - `connecting`: its first attempt is under way; calls wait for it.
 * - `ready`: calls are sent.
 * - `away`: it was lost or never there; calls fail at once, and it keeps trying to connect.
 * - `closed`: for ever.
 */
type State = 'idle' | 'connecting' | 'ready' | 'away' | 'closed';

export interface RedisConnectionSettings {
  redis: ReachableRedis;
  /** What the connection is for; Redis shows it in CLIENT LIST, and logs name it. */
  name: string;
  /** How long a call may take, waiting for the first connection included. */
  timeoutMs: number;
  logger: GatewayLogger;
  causes: CauseLog;
}

interface Waiter {
  start: () => void;
  fail: (error: GatewayError) => void;
}

/**
 * One connection to Redis on which every call ends: with the answer, or with a `GatewayError` within `timeoutMs`.
 * It connects at the first call or at {@link open}, and connects again by itself for as long as it is not closed.
 * A Redis that does not answer in time counts as away until it has answered on a new connection, so an outage costs
 * its callers one timeout together, not one each.
 */
export class RedisConnection {
  readonly #settings: RedisConnectionSettings;
  readonly #readyListeners = new Set<() => void>();
  readonly #awayListeners = new Set<() => void>();
  readonly #waiters = new Set<Waiter>();
  readonly #writes = new GatheredWrites();
  #client: RedisClient | undefined;
  #state: State = 'idle';
  #handshakeTimer: NodeJS.Timeout | undefined;
  #awaySince = 0;
  /** Counts the connections made. */
  #epoch = 0;
  #lastError: unknown;

  constructor(settings: RedisConnectionSettings) {
    this.#settings = settings;
  }

  /** Where it connects to, for messages: without user and password. */
  get address(): string {
    return this.#settings.redis.address;
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Calls `listener` at every connection made, at once too if there is one now. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener);
    if (this.#state === 'ready') listener();
  }

  /** Calls `listener` whenever the connection is lost, and when the first attempt to make it has failed. */
  onAway(listener: () => void): void {
    this.#awayListeners.add(listener);
  }

  /** Starts to connect, if that has not happened yet. Does not wait. */
  open(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'connecting';
    const client = createClient(this.#settings.redis, this.#settings.name);
    this.#client = client;
    client.on('error', (error: unknown) => (this.#lastError = error));
    client.on('connect', () => this.#watchHandshake());
    client.on('ready', () => this.#becomeReady());
    client.on('close', () => this.#becomeAway());
    // The rejection is also reported by 'error' and 'close', which handle it.
    client.connect().catch((error: unknown) => (this.#lastError = error));
  }

  /**
   * Sends one command.
   *
   * @param command is given the client, and must send on it in the same tick
   * @throws (rejects) REDIS_UNAVAILABLE, REDIS_REFUSED, EMIT_TIMEOUT, EMITTER_CLOSED
   */
  call<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#state === 'ready') this.#send(command, this.#settings.timeoutMs, resolve, reject);
      else if (this.#state === 'away') reject(this.#unavailable());
      else if (this.#state === 'closed') reject(closedError());
      else this.#wait(command, resolve, reject);
    });
  }

  /** Drops the connection and makes a new one: for when it is not what it seems. */
  reconnect(): void {
    if (this.#state === 'closed' || this.#state === 'idle') return;
    this.#becomeAway();
    this.#client?.disconnect(true);
  }

  /** Ends it. Calls under way fail; what was sent before still reaches Redis. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const wasReady = this.#state === 'ready';
    this.#state = 'closed';
    clearTimeout(this.#handshakeTimer);
    this.#failWaiters(closedError());
    const client = this.#client;
    if (!client) return;
    // QUIT is answered after everything that was sent before it.
    if (wasReady) await within(client.quit(), this.#settings.timeoutMs);
    client.disconnect();
  }

  #send<Answer>(
    command: (client: RedisClient) => Promise<Answer>,
    timeoutMs: number,
    resolve: (answer: Answer) => void,
    reject: (error: GatewayError) => void,
  ): void {
    const client = this.#client as RedisClient;
    const epoch = this.#epoch;
    const timer = setTimeout(() => {
      // After the event loop was blocked, this timer runs before the answer that has long arrived is read.
      setImmediate(() => {
        if (settled) return;
        settled = true;
        this.#lastError = new Error('no answer in time');
        // Only the connection that went silent is dropped, not one that was made since.
        if (this.#epoch === epoch && this.#state === 'ready') this.reconnect();
        reject(timeoutError(this.address, this.#settings.timeoutMs));
      });
    }, timeoutMs);
    let settled = false;
    const end = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      return true;
    };
    this.#writes.before(client);
    command(client).then(
      (answer) => {
        if (end()) resolve(answer);
      },
      (error: unknown) => {
        if (end()) reject(this.#state === 'closed' ? closedError() : redisFailure(error, this.address));
      },
    );
  }

  #wait<Answer>(
    command: (client: RedisClient) => Promise<Answer>,
    resolve: (answer: Answer) => void,
    reject: (error: GatewayError) => void,
  ): void {
    if (this.#waiters.size >= MAX_WAITING) {
      reject(
        new GatewayError(
          'REDIS_UNAVAILABLE',
          `More than ${MAX_WAITING} calls wait for Redis at ${this.address}.`,
        ),
      );
      return;
    }
    const { timeoutMs } = this.#settings;
    const deadline = performance.now() + timeoutMs;
    const timer = setTimeout(() => waiter.fail(timeoutError(this.address, timeoutMs)), timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    };
    const waiter: Waiter = {
      start: () => {
        end();
        this.#send(command, Math.max(1, deadline - performance.now()), resolve, reject);
      },
      fail: (error) => {
        end();
        reject(error);
      },
    };
    this.#waiters.add(waiter);
    this.open();
  }

  /** A paused Redis accepts connections and then says nothing: ioredis would wait for ever. */
  #watchHandshake(): void {
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = setTimeout(() => {
      setImmediate(() => {
        if (this.#state === 'ready' || this.#state === 'closed') return;
        this.#lastError ??= new Error('connected, but no answer to the handshake');
        this.#becomeAway();
        this.#client?.disconnect(true);
      });
    }, this.#settings.timeoutMs);
  }

  #becomeReady(): void {
    if (this.#state === 'closed' || this.#state === 'ready') return;
    clearTimeout(this.#handshakeTimer);
    const wasAway = this.#state === 'away';
    this.#state = 'ready';
    this.#epoch++;
    this.#lastError = undefined;
    if (wasAway) {
      const seconds = ((performance.now() - this.#awaySince) / 1000).toFixed(1);
      this.#settings.logger.log(
        `Redis at ${this.address} is back after ${seconds} s (${this.#settings.name}).`,
      );
    }
    for (const waiter of [...this.#waiters]) waiter.start();
    for (const listener of this.#readyListeners) listener();
  }

  #becomeAway(): void {
    if (this.#state === 'closed') return;
    const { name, causes } = this.#settings;
    causes.error(
      `redis-away:${name}`,
      `Redis at ${this.address} is away (${name}): ${describe(this.#lastError)}.`,
    );
    if (this.#state === 'away') return;
    this.#state = 'away';
    this.#awaySince = performance.now();
    this.#failWaiters(this.#unavailable());
    for (const listener of this.#awayListeners) listener();
  }

  #failWaiters(error: GatewayError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  #unavailable(): GatewayError {
    return new GatewayError(
      'REDIS_UNAVAILABLE',
      `Redis at ${this.address} is away: ${describe(this.#lastError)}.`,
    );
  }
}

function closedError(): GatewayError {
  return new GatewayError('EMITTER_CLOSED', 'The connection to Redis has been closed with its application.');
}

function timeoutError(address: string, timeoutMs: number): GatewayError {
  return new GatewayError('EMIT_TIMEOUT', `Redis at ${address} did not answer within ${timeoutMs} ms.`);
}

/** The reason without anything that a command or a URL could have brought into the message. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'the connection was closed';
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  if (name === 'ReplyError' && typeof message === 'string') return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
  return typeof message === 'string' ? message : 'the connection was closed';
}

async function within(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  // A failed QUIT means that the connection is gone, which is what was wanted.
  await Promise.race([promise.catch(() => undefined), timeout]);
  clearTimeout(timer);
}
