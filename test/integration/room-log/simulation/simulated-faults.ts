import type { Redis } from 'ioredis';
import { streamIdOf, type RoomKeys } from '../../../../src/room-log/index.js';
import type { Random } from './random.js';
import type { Truth } from './truth.js';

interface Snapshot {
  readonly log: Buffer | null;
  readonly tail: Buffer | null;
  readonly appendCount: number;
}

/** What happens to a room's keys behind everybody's back. The truth is told. */
export class SimulatedFaults {
  readonly #redis: Redis;
  readonly #log: string;
  readonly #tail: string;
  readonly #channel: string;
  readonly #latest: string;
  readonly #truth: Truth;
  #snapshot: Snapshot | undefined;
  #clockEvents = 0;
  /** Whether both keys were lost without Redis being another: emitters need not know that they must send again. */
  wasEvicted = false;

  constructor(redis: Redis, keys: RoomKeys, room: string, truth: Truth) {
    this.#redis = redis;
    this.#log = keys.log(room);
    this.#tail = keys.tail(room);
    this.#latest = keys.latest(room);
    this.#channel = keys.channel(room);
    this.#truth = truth;
  }

  async trim(random: Random): Promise<void> {
    this.#truth.losses.add('trimmed');
    await this.#redis.xtrim(this.#log, 'MAXLEN', random.between(1, 4));
  }

  /** The log expires, or is evicted. */
  async loseLog(): Promise<void> {
    this.#truth.losses.add('trimmed');
    await this.#redis.del(this.#log);
    await this.#afterLoss();
  }

  async loseTail(): Promise<void> {
    await this.#redis.del(this.#tail);
    await this.#afterLoss();
  }

  async flush(): Promise<void> {
    await this.#redis.del(this.#log, this.#tail, this.#latest);
    this.#forgetAll();
  }

  async takeSnapshot(): Promise<void> {
    const [log, tail] = await Promise.all([
      this.#redis.dumpBuffer(this.#log),
      this.#redis.dumpBuffer(this.#tail),
    ]);
    this.#snapshot = { log, tail, appendCount: this.#truth.records.length };
  }

  /** Redis is back with what it had saved. Returns whether there was something saved. */
  async rollBack(): Promise<boolean> {
    const snapshot = this.#snapshot;
    if (!snapshot) return false;
    await this.#redis.del(this.#log, this.#tail);
    if (snapshot.log) await this.#redis.restore(this.#log, 3_600_000, snapshot.log);
    if (snapshot.tail) await this.#redis.restore(this.#tail, 7_200_000, snapshot.tail);
    // Between the two, the log may have been lost or trimmed: that is undone too.
    if (snapshot.log || snapshot.tail) this.#truth.forgetFrom(snapshot.appendCount);
    else this.#forgetAll();
    return true;
  }

  /** Somebody appends while the clock is ahead by some minutes; afterwards it is right again. */
  async stepClock(random: Random): Promise<void> {
    const tail = (await this.#redis.hget(this.#tail, 't')) ?? undefined;
    if (tail === undefined) return;
    const { ms, seq } = streamIdOf(tail);
    const ahead = Math.max(ms, Date.now() + random.between(1, 10) * 60_000);
    const id = `${ahead}-${ahead === ms ? seq + 1 : 0}`;
    const nonce = `clock---${++this.#clockEvents}.${random.between(0, 2 ** 31).toString(36)}`;
    const data = `"clock:${this.#clockEvents}"`;
    await this.#redis.xadd(this.#log, id, 'p', tail, 'n', nonce, 'd', data);
    await this.#redis.hset(this.#tail, 't', `${id}.${nonce}`, 'clock---', this.#clockEvents);
    await this.#redis.publish(this.#channel, `${id}.${nonce}\n${tail}\n\n${data}`);
  }

  async #afterLoss(): Promise<void> {
    if ((await this.#redis.exists(this.#log, this.#tail)) > 0) return;
    this.wasEvicted = true;
    this.#forgetAll();
  }

  #forgetAll(): void {
    this.#truth.forgetFrom(0);
    // What was saved before knows what is now forgotten.
    this.#snapshot = undefined;
  }
}
