import type { CauseLog } from '../../logging/index.js';
import { mastersOf, redisFailure, type RedisClient, type RedisConnection } from '../../redis/index.js';
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
import { addAppendArguments } from './append-arguments.js';
import { AppendCalls, type AppendCallOutcome } from './append-calls.js';
import { RedisLogSession } from './redis-log-session.js';
import { dedupeField, RoomKeys, type RoomScope } from './room-keys.js';
import { runScript } from './run-script.js';
import { appendAnswers, errorIn, latestValues, roomLook, tailReport } from './script-results.js';
import { SCRIPTS } from './scripts.js';

/** How many rooms' tails one script call asks for, and how many are under way at once. */
const TAILS_PER_CALL = 128;
const TAILS_AT_ONCE = 2048;

/**
 * How often appends look at the size of a log while as many bytes are appended as it may have: it is never much larger, and
 * what is far from it is seldom looked at, for that costs Redis more than many appends.
 */
const CHECKS_PER_LOG = 64;

/** What an entry has beside its data, about. */
const ENTRY_BYTES = 128;

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
  readonly #appendSettings: string;
  readonly #calls: AppendCalls;

  constructor(settings: RedisRoomLogSettings) {
    super();
    this.#settings = settings;
    this.#keys = new RoomKeys(settings.scope);
    this.#calls = new AppendCalls((batches) => this.#append(batches), settings.isEager);
    this.#session = new RedisLogSession(settings.connection, settings.causes);
    this.#appendSettings = appendSettings(settings, this.#keys.channelEnd);
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
    if (this.#session.isReady) return this.#calls.add(batch);
    return this.#session.whenReady().then(() => this.#calls.add(batch));
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
    const answer = await this.#call((client) => runScript(client, SCRIPTS.beginRun, keys, args));
    const [number, current] = answer as [number, string];
    return { run: number, era: current };
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
    const answer = await this.#call((client) => runScript(client, SCRIPTS.attach, keys, args));
    return roomLook(answer as unknown[], {
      position,
      latest: options.latest ?? false,
      logTtlMs: limits.ttlMs,
      tailTtlMs: tailTtlMs(limits),
      isReadable: this.#readableIn(room),
    });
  }

  #readableIn(room: string): (data: string) => boolean {
    const { isReadable } = this.#settings;
    return (data) => isReadable?.(room, data) ?? true;
  }

  async #call<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (!this.#session.isReady) await this.#session.whenReady();
    return this.#settings.connection.call(command);
  }

  /** Several rooms in one script call; one by one in a cluster, where they are in different slots. */
  #append(batches: readonly AppendBatch[]): Promise<readonly AppendCallOutcome[]> {
    this.#session.keepTime();
    return this.#settings.connection.call((client) =>
      isCluster(client) ? this.#appendEach(client, batches) : this.#appendTogether(client, batches),
    );
  }

  async #appendEach(
    client: RedisClient,
    batches: readonly AppendBatch[],
  ): Promise<readonly AppendCallOutcome[]> {
    const outcomes = await Promise.all(
      batches.map((batch) =>
        this.#appendTogether(client, [batch]).catch((error: unknown) => [{ error: this.#failure(error) }]),
      ),
    );
    // Each node has counted those who listen at it; others hear of it over the cluster's bus.
    return outcomes
      .flat()
      .map((outcome) =>
        'report' in outcome && outcome.report.status === 'done'
          ? { report: { ...outcome.report, receivers: -1 } }
          : outcome,
      );
  }

  #appendTogether(
    client: RedisClient,
    batches: readonly AppendBatch[],
  ): Promise<readonly AppendCallOutcome[]> {
    const { limits } = this.#settings;
    const keys: string[] = [];
    const args = [''];
    let lines = `${this.#appendSettings} ${batches[0]?.emitter ?? ''} ${createSalt()}\n`;
    for (const batch of batches) {
      lines += addAppendArguments({ keys, args }, batch, {
        keys: this.#keys,
        limits,
        redisTime: this.#redisTime,
        checksBytes: this.#checksBytes(batch),
      });
    }
    args[0] = lines;
    return runScript(client, SCRIPTS.append, keys, args).then(this.#readAnswers);
  }

  readonly #redisTime = (localMs: number): number => this.#session.redisTime(localMs);

  readonly #readAnswers = (answer: unknown): readonly AppendCallOutcome[] =>
    appendAnswers(answer as string).map((outcome) =>
      'error' in outcome ? { error: this.#failure(outcome.error) } : outcome,
    );

  #checksBytes({ events }: AppendBatch): boolean {
    const bytes = events.reduce((sum, { data }) => sum + data.length + ENTRY_BYTES, 0);
    return Math.random() < (CHECKS_PER_LOG * bytes) / this.#settings.limits.maxBytes;
  }

  async #tails(rooms: readonly string[]): Promise<TailReport[]> {
    const args = [String(tailTtlMs(this.#settings.limits)), createSalt()];
    const answers = await this.#call((client) => {
      const perCall = isCluster(client) ? 1 : TAILS_PER_CALL;
      const calls: Promise<unknown>[] = [];
      for (let start = 0; start < rooms.length; start += perCall) {
        const keys = rooms
          .slice(start, start + perCall)
          .flatMap((room) => [this.#keys.log(room), this.#keys.tail(room), this.#keys.latest(room)]);
        calls.push(runScript(client, SCRIPTS.tails, keys, args));
      }
      return Promise.all(calls);
    });
    return (answers as unknown[][][]).flat().map((answer) => {
      const error = errorIn(answer);
      return error ? { error: this.#failure(error) } : tailReport(answer);
    });
  }

  #failure(error: unknown): Error {
    return redisFailure(error, this.#settings.connection.address);
  }
}

/** What append.lua is told of the log in every call. */
function appendSettings({ limits, publish = 'PUBLISH' }: RedisRoomLogSettings, channelEnd: string): string {
  const { maxLength, ttlMs, maxLatest, maxDedupeKeys, dedupeTtlMs } = limits;
  // A dedupe bucket is looked at while the next one is the present one too, so it must live for two of them, and for a third
  // because another emitter's clock may be ahead.
  const dedupeKept = 3 * dedupeTtlMs;
  return [
    maxLength,
    ttlMs,
    tailTtlMs(limits),
    publish,
    channelEnd,
    maxLatest,
    maxDedupeKeys,
    dedupeKept,
  ].join(' ');
}

function isCluster(client: RedisClient): boolean {
  return 'isCluster' in client && client.isCluster;
}
