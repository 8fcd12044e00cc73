import type { GatewayError } from '../contract/index.js';
import { GatheredWrites } from './gathered-writes.js';
import { AttemptWatch } from './attempt-watch.js';
import { CallDeadlines } from './call-deadlines.js';
import { ConnectionProbe } from './connection-probe.js';
import { pingAll } from './ping-all.js';
import { createClient, quit, type RedisClient } from './redis-client.js';
import { RedisCall, type RedisCommand } from './redis-call.js';
import type { RedisConnectionSettings } from './redis-connection.settings.js';
import { closed, reasonOf, redisFailure, timedOut, unavailable } from './redis-failure.js';

/** How many calls may wait for the first connection; more fail at once, so that nothing grows. */
const MAX_WAITING = 10_000;

/** How long after the client gave up it is told to try again. */
const REVIVE_AFTER_MS = 1000;

/**
 * - `idle`: nobody has needed it yet.
 * - `connecting`: its first attempt is under way; calls wait for it.
 * - `ready`: calls are sent.
 * - `away`: it was lost or never there; calls fail at once, and it keeps trying to connect.
 * - `closed`: for ever.
 */
type State = 'idle' | 'connecting' | 'ready' | 'away' | 'closed';

/**
 * One connection to Redis on which every call ends: with the answer, or with a `GatewayError` within `timeoutMs`.
 * It connects at the first call or at {@link open}, and connects again by itself for as long as it is not closed.
 * A Redis that does not answer in time counts as away until it has answered on a new connection: an outage costs
 * its callers one timeout together, not one each. One that is idle is asked every 5 s whether Redis is there.
 */
export class RedisConnection {
  readonly #settings: RedisConnectionSettings;
  readonly #readyListeners = new Set<() => void>();
  readonly #awayListeners = new Set<() => void>();
  readonly #waiting = new Set<RedisCall>();
  readonly #writes = new GatheredWrites();
  readonly #deadlines = new CallDeadlines((call) => this.#giveUp(call));
  readonly #watch = new AttemptWatch(() => this.#giveUpAttempt());
  readonly #probe = new ConnectionProbe((ms) => this.call(pingAll, Math.max(ms, this.#settings.timeoutMs)));
  #client: RedisClient | undefined;
  #state: State = 'idle';
  #reviveTimer: NodeJS.Timeout | undefined;
  #awaySince = 0;
  /** Counts the connections made. */
  #epoch = 0;
  /** The present connection is being ended: whatever it still says is late. */
  #isDropped = false;
  #lastError: unknown;
  #closing: Promise<void> | undefined;

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
    try {
      this.#listen(createClient(this.#settings.redis, this.#settings.name));
      this.#connect();
    } catch (error) {
      // Options that ioredis does not take, such as sentinels without the name of their master.
      this.#lastError = error;
      this.#becomeAway();
    }
  }

  /**
   * Sends one command.
   *
   * @param command is given the client, and must send on it in the same tick
   * @throws (rejects) REDIS_UNAVAILABLE, REDIS_REFUSED, EMIT_TIMEOUT, EMITTER_CLOSED
   */
  call<Answer>(command: RedisCommand<Answer>, timeoutMs = this.#settings.timeoutMs): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#state === 'away') return reject(this.#unavailable());
      if (this.#state === 'closed') return reject(closed());
      if (this.#waiting.size >= MAX_WAITING) {
        return reject(unavailable(this.address, `has more than ${MAX_WAITING} calls waiting for it`));
      }
      const call = new RedisCall(command, resolve as (answer: unknown) => void, reject);
      if (this.#state === 'ready') this.#send(call);
      else {
        this.#waiting.add(call);
        this.open();
      }
      this.#deadlines.add(call, timeoutMs);
    });
  }

  /** Drops the connection and makes a new one: for when it is not what it seems. */
  reconnect(): void {
    if (this.#state === 'closed' || this.#state === 'idle') return;
    this.#becomeAway();
    this.#drop();
  }

  /** Ends it. Calls under way fail; what was sent before still reaches Redis. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const wasReady = this.#state === 'ready';
    this.#state = 'closed';
    this.#watch.stop();
    this.#probe.stop();
    clearTimeout(this.#reviveTimer);
    this.#failWaiting(closed());
    const client = this.#client;
    if (!client) return;
    if (wasReady) await quit(client, this.#settings.timeoutMs);
    client.disconnect();
  }

  #listen(client: RedisClient): void {
    this.#client = client;
    client.on('error', (error: unknown) => (this.#lastError = error));
    client.on('connecting', () => {
      if (this.#state !== 'closed') this.#watch.start();
    });
    client.on('ready', () => this.#becomeReady());
    client.on('close', () => {
      this.#isDropped = false;
      this.#watch.stop();
      this.#becomeAway();
    });
    client.on('end', () => this.#revive());
  }

  #connect(): void {
    // The rejection is also reported by 'error', 'close' and 'end', which handle it and know the reason better.
    this.#client?.connect().catch((error: unknown) => (this.#lastError ??= error));
  }

  /**
   * The client gives up for good when no attempt could even be made: a port that is none, or sentinels that it was
   * told to stop asking while they were asked.
   */
  #revive(): void {
    if (this.#state === 'closed') return;
    this.#isDropped = false;
    this.#becomeAway();
    clearTimeout(this.#reviveTimer);
    this.#reviveTimer = setTimeout(() => this.#connect(), REVIVE_AFTER_MS);
  }

  /** One that is still being made needs no dropping: it is new. */
  #drop(): void {
    const client = this.#client;
    if (!client || client.status === 'connecting' || client.status === 'reconnecting') return;
    this.#isDropped = true;
    client.disconnect(true);
  }

  #send(call: RedisCall): void {
    const client = this.#client as RedisClient;
    call.epoch = this.#epoch;
    this.#writes.before(client);
    call.send(client, (error) => (this.#state === 'closed' ? closed() : redisFailure(error, this.address)));
  }

  /** Its time is up. What let it wait is away until the contrary is shown, so that the next ones need not wait too. */
  #giveUp(call: RedisCall): void {
    this.#waiting.delete(call);
    if (call.epoch === undefined) {
      this.#lastError ??= new Error('no connection in time');
      if (this.#state === 'connecting') this.#becomeAway();
    } else if (call.epoch === this.#epoch && this.#state === 'ready') {
      // Only the connection that went silent is dropped, not one that was made since.
      this.#lastError = new Error('no answer in time');
      this.reconnect();
    }
    call.fail(timedOut(this.address, this.#settings.timeoutMs));
  }

  #giveUpAttempt(): void {
    this.#lastError ??= new Error('connected, but no answer to the handshake');
    this.reconnect();
    // One that goes on being made, such as a search among sentinels, stays under watch.
    this.#watch.start();
  }

  #becomeReady(): void {
    if (this.#state === 'closed' || this.#state === 'ready' || this.#isDropped) return;
    this.#watch.stop();
    const wasAway = this.#state === 'away';
    this.#state = 'ready';
    this.#epoch++;
    this.#probe.start();
    this.#lastError = undefined;
    if (wasAway) {
      const seconds = ((performance.now() - this.#awaySince) / 1000).toFixed(1);
      this.#settings.logger.log(
        `Redis at ${this.address} is back after ${seconds} s (${this.#settings.name}).`,
      );
    }
    const calls = [...this.#waiting];
    this.#waiting.clear();
    for (const call of calls) this.#send(call);
    for (const listener of this.#readyListeners) listener();
  }

  #becomeAway(): void {
    if (this.#state === 'closed') return;
    const { name, causes } = this.#settings;
    causes.error(
      `redis-away:${name}`,
      `Redis at ${this.address} is away (${name}): ${reasonOf(this.#lastError)}.`,
    );
    if (this.#state === 'away') return;
    this.#state = 'away';
    this.#probe.stop();
    this.#awaySince = performance.now();
    this.#failWaiting(this.#unavailable());
    for (const listener of this.#awayListeners) listener();
  }

  #failWaiting(error: GatewayError): void {
    const calls = [...this.#waiting];
    this.#waiting.clear();
    for (const call of calls) call.fail(error);
  }

  #unavailable(): GatewayError {
    return unavailable(this.address, `is away: ${reasonOf(this.#lastError)}`);
  }
}
