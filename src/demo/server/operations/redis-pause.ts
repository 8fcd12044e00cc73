import { ConflictException, Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import { Redis } from 'ioredis';

/** A Redis that does not answer by then is away already. */
const DEADLINE_MS = 2000;

/** So many are remembered. */
const MAX_PAUSES = 20;

/** That somebody has paused Redis. */
export interface PauseNotice {
  /** In milliseconds since 1970. */
  time: number;
  ms: number;
  /** The name of a user. */
  by: string;
}

/** Which Redis is paused, and for how long. */
export class RedisPauseSettings {
  constructor(
    readonly redisUrl: string,
    readonly ms: number,
  ) {}
}

/**
 * Breaks something on purpose: tells Redis to answer nobody for a while, by `CLIENT PAUSE`. Connections stay open, and every
 * command waits, of servers and workers, of appends and of the queue. It ends by itself, also when this process does.
 */
@Injectable()
export class RedisPause {
  readonly #logger = new Logger(RedisPause.name);
  readonly #pauses: PauseNotice[] = [];

  constructor(private readonly settings: RedisPauseSettings) {}

  /** In milliseconds. */
  get durationMs(): number {
    return this.settings.ms;
  }

  /** The newest, the oldest first. */
  get pauses(): readonly PauseNotice[] {
    return this.#pauses;
  }

  /**
   * Pauses Redis from now on.
   *
   * @throws ConflictException when it is paused already, ServiceUnavailableException when it does not answer
   */
  async pause(by: string): Promise<PauseNotice> {
    const { redisUrl, ms } = this.settings;
    const last = this.#pauses.at(-1);
    if (last !== undefined && Date.now() < last.time + last.ms) {
      throw new ConflictException('Redis is paused already.');
    }
    const notice = { time: Date.now(), ms, by };
    this.#remember(notice);
    try {
      await pauseRedis(redisUrl, ms);
    } catch (error) {
      this.#pauses.splice(this.#pauses.indexOf(notice), 1);
      this.#logger.warn(`Redis cannot be paused: ${String(error)}`);
      throw new ServiceUnavailableException('Redis does not answer, so it cannot be paused.');
    }
    this.#logger.warn(`Redis is paused for ${ms} ms, as ${by} has asked for.`);
    return notice;
  }

  #remember(notice: PauseNotice): void {
    this.#pauses.push(notice);
    if (this.#pauses.length > MAX_PAUSES) this.#pauses.shift();
  }
}

/** By a connection of its own: the emitter's have their own deadlines and order. */
async function pauseRedis(url: string, ms: number): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null });
  // What goes wrong is told by the promises.
  redis.on('error', () => undefined);
  const deadline = setTimeout(() => redis.disconnect(), DEADLINE_MS);
  try {
    await redis.connect();
    await redis.client('PAUSE', ms, 'ALL');
  } finally {
    clearTimeout(deadline);
    // Of one that has ended already it would wait two seconds for the end.
    if (redis.status !== 'end') redis.disconnect();
  }
}
