import type { RoomLogLimits } from '../../config/index.js';
import { isCluster, redisFailure, type RedisClient, type RedisConnection } from '../../redis/index.js';
import { createSalt } from '../position.js';
import type { AppendBatch, AppendEvent, AppendReport } from '../room-log.js';
import { tailTtlMs } from '../tail-ttl.js';
import { addAppendArguments } from './append-arguments.js';
import { AppendCalls, type AppendCallOutcome } from './append-calls.js';
import type { RedisLogSession } from './redis-log-session.js';
import type { RoomKeys } from './room-keys.js';
import { runScript } from './run-script.js';
import { appendAnswers } from './script-results.js';
import { SCRIPTS } from './scripts.js';

/**
 * How often appends look at the size of a log while as many bytes are appended as it may have: it is never much larger, and
 * what is far from it is seldom looked at, for that costs Redis more than many appends.
 */
const CHECKS_PER_LOG = 64;

/** What an entry has beside its data, about. */
const ENTRY_BYTES = 128;

/** How often in its lifetime a log's expiry is set again, at most; append-one.lua. */
const EXPIRIES_PER_TTL = 64;

export interface RedisAppendsSettings {
  readonly connection: RedisConnection;
  readonly session: RedisLogSession;
  readonly keys: RoomKeys;
  readonly limits: RoomLogLimits;
  readonly publish: 'PUBLISH' | 'SPUBLISH';
  readonly isEager: boolean;
}

interface SettingsWords {
  readonly all: string;
  readonly lone: string;
}

/** The script calls by which batches get into the log. */
export class RedisAppends {
  readonly #settings: RedisAppendsSettings;
  readonly #calls: AppendCalls;
  readonly #words: SettingsWords;

  constructor(settings: RedisAppendsSettings) {
    this.#settings = settings;
    this.#words = settingsWords(settings);
    this.#calls = new AppendCalls((batches) => this.#append(batches), settings.isEager);
  }

  /** To be called when the log is ready. */
  add(batch: AppendBatch): Promise<AppendReport> {
    return this.#calls.add(batch);
  }

  /** Several rooms in one script call; one by one in a cluster, where they are in different slots. */
  #append(batches: readonly AppendBatch[]): Promise<readonly AppendCallOutcome[]> {
    const { connection, session } = this.#settings;
    const appended = connection.call((client) =>
      isCluster(client) ? this.#appendEach(client, batches) : this.#appendTogether(client, batches),
    );
    session.keepTime();
    return appended;
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
    const [batch] = batches;
    const isLone = batches.length === 1 && batch?.events.length === 1;
    return isLone ? this.#appendOne(client, batch) : this.#appendAll(client, batches);
  }

  /** Those who listen hear of it first. With more events, answers and events come together anyway. */
  #appendOne(client: RedisClient, batch: AppendBatch): Promise<readonly AppendCallOutcome[]> {
    const checksBytes = this.#checksBytes(batch);
    const words = checksBytes ? undefined : this.#loneWords(batch);
    const asAny = (): Promise<readonly AppendCallOutcome[]> =>
      this.#appendAll(client, [batch], { checksBytes, sends: 'listenersFirst' });
    if (words === undefined) return asAny();
    const { keys } = this.#settings;
    return runScript(client, {
      script: SCRIPTS.appendLone,
      keys: [keys.log(batch.room), keys.tail(batch.room)],
      args: [words, batch.events[0]?.data ?? ''],
      read: (answer) => (answer === '' ? asAny() : this.#readAnswers(answer)),
      // What it is that failed, append.lua tells better.
      failed: asAny,
      sends: 'listenersFirst',
    });
  }

  /** What append-lone.lua is told beside the event; undefined when the batch is not for it. */
  #loneWords({ emitter, events, acknowledged, isRetry }: AppendBatch): string | undefined {
    const [event] = events;
    if (!event || isRetry || !acknowledged || acknowledged.seq >= event.seq || !isPlain(event))
      return undefined;
    return `${emitter} ${event.seq} ${createSalt()} ${acknowledged.seq} ${this.#words.lone}`;
  }

  #appendAll(
    client: RedisClient,
    batches: readonly AppendBatch[],
    { checksBytes, sends = 'text' }: { checksBytes?: boolean; sends?: 'text' | 'listenersFirst' } = {},
  ): Promise<readonly AppendCallOutcome[]> {
    const { keys: names, limits } = this.#settings;
    const keys: string[] = [];
    const args = [''];
    let lines = `${this.#words.all} ${batches[0]?.emitter ?? ''} ${createSalt()}\n`;
    for (const batch of batches) {
      lines += addAppendArguments({ keys, args }, batch, {
        keys: names,
        limits,
        redisTime: this.#redisTime,
        checksBytes: checksBytes ?? this.#checksBytes(batch),
      });
    }
    args[0] = lines;
    return runScript(client, { script: SCRIPTS.append, keys, args, read: this.#readAnswers, sends });
  }

  readonly #redisTime = (localMs: number): number => this.#settings.session.redisTime(localMs);

  readonly #readAnswers = (answer: unknown): readonly AppendCallOutcome[] =>
    appendAnswers(answer as string).map((outcome) =>
      'error' in outcome ? { error: this.#failure(outcome.error) } : outcome,
    );

  #checksBytes({ events }: AppendBatch): boolean {
    let bytes = 0;
    for (const { data } of events) bytes += data.length + ENTRY_BYTES;
    return Math.random() < (CHECKS_PER_LOG * bytes) / this.#settings.limits.maxBytes;
  }

  #failure(error: unknown): Error {
    return redisFailure(error, this.#settings.connection.address);
  }
}

/** Whether nothing is asked for but that it is kept. */
function isPlain(event: AppendEvent): boolean {
  return (
    event.kind === 'durable' &&
    event.dedupeKey === undefined &&
    event.clears === undefined &&
    event.fence === undefined &&
    event.receipt === undefined
  );
}

/** What the scripts are told of the log in every call: append.lua, and append-lone.lua. */
function settingsWords({ limits, publish, keys: { channelEnd } }: RedisAppendsSettings): SettingsWords {
  const { maxLength, ttlMs, maxLatest, maxDedupeKeys, dedupeTtlMs } = limits;
  const tailTtl = tailTtlMs(limits);
  // A dedupe bucket is looked at while the next one is the present one too, so it must live for two of them, and for a third
  // because another emitter's clock may be ahead.
  const dedupeKept = 3 * dedupeTtlMs;
  const window = Math.ceil(ttlMs / EXPIRIES_PER_TTL);
  return {
    all: `${maxLength} ${ttlMs} ${tailTtl} ${publish} ${channelEnd} ${maxLatest} ${maxDedupeKeys} ${dedupeKept}`,
    lone: `${channelEnd} ${publish} ${maxLength} ${window} ${ttlMs} ${tailTtl}`,
  };
}
