import type { Redis } from 'ioredis';
import {
  parseRoomMessage,
  type AppendBatch,
  type AppendReport,
  type RoomKeys,
  type RoomLog,
  type RoomMessage,
} from '../../../../src/room-log/index.js';
import { Random } from './random.js';
import { SimulatedEmitter } from './simulated-emitter.js';
import { SimulatedFaults } from './simulated-faults.js';
import { SimulatedClient, SimulatedServer, type SimulatedReceiver } from './simulated-receivers.js';
import { Truth } from './truth.js';

export interface SimulationEnvironment {
  readonly redis: Redis;
  /** In subscriber mode; nothing else uses it. */
  readonly subscriber: Redis;
  readonly log: RoomLog;
  readonly keys: RoomKeys;
}

/** How often what happened, for a look at whether the simulation does anything. */
export type SimulationCounts = Record<'appends' | 'forgotten' | 'gaps' | 'deliveries' | 'faults', number>;

const STEPS = 120;

/**
 * One random sequence on a room of a real Redis. Everything happens in the order that the seed decides: what an emitter
 * sends may arrive now, later, or never, its answer may be lost; messages wait in inboxes; reads and their answers are
 * steps of their own; and between them the keys are trimmed, lost, flushed and rolled back.
 *
 * @throws as soon as a receiver is given what it must not be given, or misses an event without a word
 */
export class Simulation {
  readonly #environment: SimulationEnvironment;
  readonly #random: Random;
  readonly #room: string;
  readonly #truth = new Truth();
  readonly #faults: SimulatedFaults;
  readonly #hasFaults: boolean;
  readonly #emitters: SimulatedEmitter[];
  readonly #receivers: SimulatedReceiver[];
  /** Sent, given up by who sent it, and still on its way. */
  #late: { readonly batch: AppendBatch; readonly redis: number }[] = [];
  /** Which Redis it is: it counts how often another has come. */
  #redisNumber = 0;
  readonly #unread: string[] = [];
  readonly #latest = new Map<string, string>();
  #latestVersion = '';
  /** Redis is another than it was, and these do not know yet. */
  readonly #unaware = new Set<SimulatedEmitter>();
  readonly counts: SimulationCounts = { appends: 0, forgotten: 0, gaps: 0, deliveries: 0, faults: 0 };

  /** What happened, in lines. */
  get story(): readonly string[] {
    return this.#truth.story;
  }

  constructor(environment: SimulationEnvironment, seed: number) {
    const { log, keys, redis } = environment;
    this.#environment = environment;
    this.#random = new Random(seed);
    this.#room = `simulation ${seed}`;
    this.#faults = new SimulatedFaults(redis, keys, this.#room, this.#truth);
    // In a part of the runs Redis itself keeps everything: then nobody may be told of a gap.
    this.#hasFaults = this.#random.chance(0.75);
    this.#emitters = Array.from(
      { length: this.#random.between(1, 3) },
      () => new SimulatedEmitter(this.#room),
    );
    this.#receivers = [
      ...Array.from(
        { length: this.#random.between(1, 3) },
        (_, index) => new SimulatedServer(log, this.#room, this.#truth, `server ${index}`),
      ),
      new SimulatedClient(log, this.#room, this.#truth, 'client'),
    ];
  }

  async run(): Promise<void> {
    const { subscriber, keys } = this.#environment;
    const channel = keys.channel(this.#room);
    const hear = (_: string, message: string): number => this.#unread.push(message);
    subscriber.on('message', hear);
    await subscriber.subscribe(channel);
    try {
      for (let step = 0; step < STEPS; step++) await this.#step();
      await this.#settle();
    } finally {
      subscriber.off('message', hear);
      await subscriber.unsubscribe(channel);
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const faults = this.#hasFaults ? { fault: 0.7 } : { fault: 0 };
    switch (random.weighted({ emit: 4, send: 6, late: 1, receive: 12, loseTail: 0.1, ...faults })) {
      case 'emit': {
        this.#emit(random.pick(this.#emitters));
        return;
      }
      case 'send':
        return this.#send(random.pick(this.#emitters));
      case 'late': {
        const [late] = this.#late.splice(random.between(0, this.#late.length), 1);
        // It was sent long ago, as Redis sees it.
        if (late) await this.#execute({ ...late.batch, firstSentAt: late.batch.firstSentAt - 5000 });
        return;
      }
      case 'receive':
        return random.pick(this.#receivers).step(random);
      case 'loseTail':
        // With an empty log this would be a loss.
        if (this.#truth.losses.size > 0 || this.#truth.records.length === 0) return;
        this.#truth.story.push('the tail is lost');
        await this.#faults.loseTail();
        return;
      case 'fault':
        this.counts.faults++;
        return this.#fault();
    }
  }

  #emit(emitter: SimulatedEmitter): void {
    for (let count = this.#random.between(1, 3); count > 0; count--) {
      if (this.#random.chance(0.15)) emitter.emitLatest(this.#random.pick(['a', 'b']));
      else emitter.emit(this.#random.chance(0.1) ? { clears: this.#random.pick(['a', 'b']) } : {});
    }
  }

  async #send(emitter: SimulatedEmitter): Promise<void> {
    const batch = emitter.nextBatch(this.#random.between(1, 4));
    if (!batch) return;
    switch (
      this.#random.weighted({ arrives: 6, unanswered: 1.5, late: 1.5, lost: 1, restart: 0.2, aware: 1 })
    ) {
      case 'arrives':
        emitter.answered(await this.#execute(batch));
        return;
      case 'unanswered':
        await this.#execute(batch);
        return;
      case 'late':
        this.#late.push({ batch, redis: this.#redisNumber });
        return;
      case 'lost':
        return;
      case 'restart':
        emitter.restart();
        this.#unaware.delete(emitter);
        return;
      case 'aware':
        this.#tell(emitter);
    }
  }

  /** The emitter connects again and sees that Redis is another. */
  #tell(emitter: SimulatedEmitter): void {
    if (this.#unaware.delete(emitter)) emitter.resend();
  }

  async #fault(): Promise<void> {
    const faults = this.#faults;
    const fault = this.#random.weighted({
      trim: 2,
      loseLog: 1,
      loseTail: 1,
      flush: 0.7,
      snapshot: 3,
      rollBack: 2,
      clock: 1,
    });
    this.#truth.story.push(`fault: ${fault}`);
    switch (fault) {
      case 'trim':
        await faults.trim(this.#random);
        this.#reconnect();
        return;
      case 'loseLog':
        await faults.loseLog();
        this.#reconnect();
        return;
      case 'loseTail':
        return faults.loseTail();
      case 'flush':
        await faults.flush();
        this.#latest.clear();
        this.#latestVersion = '';
        this.#replaceRedis();
        return;
      case 'snapshot':
        return faults.takeSnapshot();
      case 'rollBack':
        if (await faults.rollBack()) this.#replaceRedis();
        return;
      case 'clock':
        await faults.stepClock(this.#random);
        return this.#publish();
    }
  }

  /**
   * Redis is another now. Its emitters see that when they connect again; before it, they see it by what the script
   * answers, which is proof as long as the log is not trimmed.
   */
  #replaceRedis(): void {
    this.#redisNumber++;
    for (const emitter of this.#emitters) this.#unaware.add(emitter);
    if (this.#truth.losses.has('trimmed')) this.#reconnect();
  }

  #reconnect(): void {
    this.#late = this.#late.filter(({ redis }) => redis === this.#redisNumber);
    for (const emitter of this.#unaware) this.#tell(emitter);
  }

  async #execute(batch: AppendBatch): Promise<AppendReport> {
    const { emitter, events, isRetry, acknowledged } = batch;
    this.#truth.story.push(
      `arrives ${emitter} ${events.map(({ seq }) => seq).join()}${isRetry ? ' again' : ''}, acknowledged ${acknowledged?.seq ?? 'nothing'}`,
    );
    const report = await this.#environment.log.append(batch);
    this.counts.appends++;
    if (report.status === 'forgotten') this.counts.forgotten++;
    await this.#publish();
    return report;
  }

  /** Hands what Redis has published to the truth and to the inboxes. */
  async #publish(): Promise<void> {
    // Answered after every message before it.
    await this.#environment.subscriber.ping();
    for (const text of this.#unread.splice(0)) {
      const message = parseRoomMessage(Buffer.from(text));
      if (!message) throw new Error(`Redis published what is no message: ${text}`);
      this.#keepLatest(message);
      if (message.type !== 'event') continue;
      this.#truth.appended(message.event);
      for (const receiver of this.#receivers) receiver.publish(message.event);
    }
  }

  #keepLatest(message: RoomMessage): void {
    const change = message.type === 'event' ? message.cleared : message;
    if (!change) return;
    if (change.previousVersion !== this.#latestVersion)
      throw new Error('The latest values changed in silence');
    this.#latestVersion = change.version;
    if (message.type === 'latest') this.#latest.set(message.key, message.data);
    else this.#latest.delete(change.key);
  }

  async #settle(): Promise<void> {
    for (const { batch } of this.#late.splice(0)) {
      await this.#execute({ ...batch, firstSentAt: batch.firstSentAt - 5000 });
    }
    for (const emitter of this.#emitters) {
      this.#tell(emitter);
      for (let batch = emitter.nextBatch(64); batch; batch = emitter.nextBatch(64)) {
        emitter.answered(await this.#execute(batch));
      }
    }
    for (const receiver of this.#receivers) {
      await receiver.settle();
      this.counts.gaps += receiver.truth.gapCount;
      this.counts.deliveries += receiver.truth.delivered.length;
    }
    this.#requireKept();
    await this.#requireLatest();
  }

  #requireKept(): void {
    for (const emitter of this.#faults.wasEvicted ? [] : this.#emitters) {
      for (const event of emitter.acknowledged) {
        if (!this.#truth.isKept(event))
          throw new Error(`${event} was acknowledged, forgotten, and not sent again`);
      }
    }
    // Where the log has lost what would show it, an event may be appended again; receivers know it.
    const doubled = this.#truth.losses.has('trimmed') ? [] : this.#truth.doubled();
    if (doubled.length > 0) throw new Error(`Appended twice: ${doubled.join()}`);
  }

  async #requireLatest(): Promise<void> {
    const { values } = await this.#environment.log.latest(this.#room);
    const kept = JSON.stringify(values.map(({ key, data }) => [key, data]).sort());
    const heard = JSON.stringify([...this.#latest].sort());
    if (kept !== heard) throw new Error(`The latest values are ${kept}, but ${heard} were published`);
  }
}
