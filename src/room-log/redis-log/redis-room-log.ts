import type { CauseLog } from '../../logging/index.js';
import {
  isCluster,
  mastersOf,
  redisFailure,
  type RedisClient,
  type RedisConnection,
} from '../../redis/index.js';
import type { Run, RunRequest } from '../fence.js';
import { createSalt, type Position } from '../position.js';
import {
  RoomLog,
  type AppendBatch,
  type AppendReport,
  type AttachOptions,
  type LatestValues,
  type LogReadyListener,
  type RoomLook,
  type TailReport,
} from '../room-log.js';
import { tailTtlMs } from '../tail-ttl.js';
import type { RoomLogLimits } from '../../config/index.js';
import { RedisAppends } from './redis-appends.js';
import { RedisLogSession } from './redis-log-session.js';
import { dedupeField, RoomKeys, type RoomScope } from './room-keys.js';
import { runScript } from './run-script.js';
import { errorIn, latestValues, roomLook, tailReport } from './script-results.js';
import { SCRIPTS } from './scripts.js';

/** How many rooms' tails one script call asks for, and how many are under way at once. */
const TAILS_PER_CALL = 128;
const TAILS_AT_ONCE = 2048;

export interface RedisRoomLogSettings {
  /** Stays the caller's, who closes it. */
  readonly connection: RedisConnection;
  readonly scope: RoomScope;
  readonly limits: RoomLogLimits;
  readonly causes: CauseLog;
  /** SPUBLISH where servers subscribe with SSUBSCRIBE. @default 'PUBLISH' */
  readonly publish?: 'PUBLISH' | 'SPUBLISH' | undefined;
  /**
   * Whether what is kept in a room is what an emitter has written; an event that is not is announced as unreadable, a
   * latest value left out. @default all of it is
   */
  readonly isReadable?: ((room: string, data: string) => boolean) | undefined;
  /**
   * Whether a batch that comes alone is appended before the code behind its append has ended: not where rooms are looked at
   * too, which are looked at when that has ended, and are to be seen as they were before. @default false
   */
  readonly isEager?: boolean | undefined;
}

/** A {@link RoomLog} in Redis: a stream, a tail, and where they are used latest values and dedupe keys per room. */
export class RedisRoomLog extends RoomLog {
  readonly #settings: RedisRoomLogSettings;
  readonly #keys: RoomKeys;
  readonly #session: RedisLogSession;
  readonly #appends: RedisAppends;

  constructor(settings: RedisRoomLogSettings) {
    super();
    this.#settings = settings;
    this.#keys = new RoomKeys(settings.scope);
    this.#session = new RedisLogSession(settings.connection, settings.causes);
    const { connection, limits, publish = 'PUBLISH', isEager = false } = settings;
    const [session, keys] = [this.#session, this.#keys];
    this.#appends = new RedisAppends({ connection, session, keys, limits, publish, isEager });
  }

  override get isReady(): boolean {
    return this.#session.isReady;
  }

  /**
   * Whether this is the `run_id` of a server that the log is on, to be compared with that of another connection. What is
   * not known of either is taken to agree; undefined while the log is away.
   */
  isOn(runId: string | undefined): boolean | undefined {
    return this.#session.isOn(runId);
  }

  /** The time of the clock by which tokens are made, in ms. */
  now(): number {
    return this.#session.now();
  }

  override onReady(listener: LogReadyListener): () => void {
    return this.#session.onReady(listener);
  }

  override onAway(listener: () => void): () => void {
    return this.#session.onAway(listener);
  }

  override open(): void {
    this.#settings.connection.open();
  }

  override append(batch: AppendBatch): Promise<AppendReport> {
    // At once when the log is ready: appends of one tick stay together.
    if (this.#session.isReady) return this.#appends.add(batch);
    return this.#session.whenReady().then(() => this.#appends.add(batch));
  }

  override attach(room: string, position: Position | null, options: AttachOptions): Promise<RoomLook> {
    return this.#look(room, position ?? '', options);
  }

  override newest(room: string, count: number, options: { latest?: boolean } = {}): Promise<RoomLook> {
    return this.#look(room, `*${count}`, { ...options, limit: count });
  }

  override async tails(rooms: readonly string[]): Promise<TailReport[]> {
    const reports: TailReport[] = [];
    for (let start = 0; start < rooms.length; start += TAILS_AT_ONCE) {
      reports.push(...(await this.#tails(rooms.slice(start, start + TAILS_AT_ONCE))));
    }
    return reports;
  }

  override async latest(room: string): Promise<LatestValues> {
    const hash = await this.#call((client) => client.hgetall(this.#keys.latest(room)));
    return latestValues(Object.entries(hash).flat(), this.#readableIn(room));
  }

  /** Every node of a cluster knows its own subscribers only, and a subscriber may be at any of them. */
  override async followerCount(room: string): Promise<number> {
    const channel = this.#keys.channel(room);
    const count = this.#settings.publish === 'SPUBLISH' ? 'SHARDNUMSUB' : 'NUMSUB';
    const answers = await this.#settings.connection.call((client) =>
      Promise.all(mastersOf(client).map((node) => node.call('PUBSUB', count, channel))),
    );
    return (answers as [channel: string, count: number][]).reduce((sum, [, number]) => sum + number, 0);
  }

  override async beginRun(room: string, request: RunRequest): Promise<Run> {
    const { key, atLeast, identity, era, reopens, owner = '' } = request;
    const ttlMs = tailTtlMs(this.#settings.limits);
    const args = [dedupeField(key), String(atLeast), identity, era, reopens ? '1' : '', owner, String(ttlMs)];
    const keys = [this.#keys.fence(room)];
    return this.#call((client) =>
      runScript(client, {
        script: SCRIPTS.beginRun,
        keys,
        args,
        read: (answer) => {
          const [run, current] = answer as [number, string];
          return { run, era: current };
        },
      }),
    );
  }

  override async ownerOf(room: string, key: string): Promise<string | undefined> {
    const owner = await this.#call((client) => client.hget(this.#keys.fence(room), `@${dedupeField(key)}`));
    return owner ?? undefined;
  }

  async #look(room: string, position: string, options: AttachOptions): Promise<RoomLook> {
    const { limits } = this.#settings;
    const keys = [this.#keys.log(room), this.#keys.tail(room), this.#keys.latest(room)];
    const args = [
      position,
      String(options.limit),
      String(tailTtlMs(limits)),
      createSalt(),
      options.latest ? '1' : '',
      ...(options.known ?? []),
    ];
    const read = (answer: unknown): RoomLook =>
      roomLook(answer as unknown[], {
        position,
        latest: options.latest ?? false,
        logTtlMs: limits.ttlMs,
        tailTtlMs: tailTtlMs(limits),
        isReadable: this.#readableIn(room),
      });
    return this.#call((client) => runScript(client, { script: SCRIPTS.attach, keys, args, read }));
  }

  #readableIn(room: string): (data: string) => boolean {
    const { isReadable } = this.#settings;
    return (data) => isReadable?.(room, data) ?? true;
  }

  async #call<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (!this.#session.isReady) await this.#session.whenReady();
    return this.#settings.connection.call(command);
  }

  async #tails(rooms: readonly string[]): Promise<TailReport[]> {
    const args = [String(tailTtlMs(this.#settings.limits)), createSalt()];
    const answers = await this.#call((client) => {
      const perCall = isCluster(client) ? 1 : TAILS_PER_CALL;
      const read = (answer: unknown): unknown[][] => answer as unknown[][];
      const calls: Promise<unknown[][]>[] = [];
      for (let start = 0; start < rooms.length; start += perCall) {
        const keys = rooms
          .slice(start, start + perCall)
          .flatMap((room) => [this.#keys.log(room), this.#keys.tail(room), this.#keys.latest(room)]);
        calls.push(runScript(client, { script: SCRIPTS.tails, keys, args, read }));
      }
      return Promise.all(calls);
    });
    return answers.flat().map((answer) => {
      const error = errorIn(answer);
      return error ? { error: this.#failure(error) } : tailReport(answer);
    });
  }

  #failure(error: unknown): Error {
    return redisFailure(error, this.#settings.connection.address);
  }
}
