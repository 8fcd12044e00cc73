import { isGatewayError } from '../contract/index.js';

/** Names in one command: Redis serves others between two of them, and a lost one costs little to repeat. */
const MAX_BATCH = 512;

/** Commands under way. With one, Redis and we wait for each other; with many, the last ones are answered too late. */
const MAX_UNDER_WAY = 4;

type Action = 'subscribe' | 'unsubscribe';

interface Batch {
  readonly action: Action;
  readonly names: readonly string[];
}

export interface SubscriptionSetSettings {
  /** Sends one command on the present connection. */
  send(action: Action, names: readonly string[]): Promise<unknown>;
  /** These have just become confirmed. */
  confirmed(names: readonly string[]): void;
  /** Redis answered with an error: what is concerned waits for `retry`. */
  refused(error: unknown): void;
}

/**
 * The subscriptions of one kind, on a connection that comes and goes: makes what Redis has equal to what is wanted.
 *
 * What was sent last for a name decides, because Redis obeys one connection in order; so a name is confirmed only by the
 * answer to what was sent last for it, and only if nobody has changed his mind since:
 *
 *     want a:   SUBSCRIBE a is sent
 *     unwant a: queued, for as many commands as may be are under way
 *     want a:   queued, instead
 *     the first SUBSCRIBE is answered: a is queued, so this says nothing; SUBSCRIBE a is sent
 *     the second one is answered: a is confirmed
 */
export class SubscriptionSet {
  readonly #settings: SubscriptionSetSettings;
  readonly #wanted = new Set<string>();
  readonly #confirmed = new Set<string>();
  /** Not sent yet. A name is in one of them at most, and there by its latest wish. */
  #queues: Record<Action, Set<string>> = { subscribe: new Set(), unsubscribe: new Set() };
  /** Of batches that were refused as a whole; what has become of each name since is looked up when they are sent. */
  #parts: (readonly string[])[] = [];
  readonly #refused = new Set<string>();
  readonly #batches = new Set<Batch>();
  /** The last batch that was sent with a name. */
  readonly #underWay = new Map<string, Batch>();
  #isConnected = false;
  #willSend = false;

  constructor(settings: SubscriptionSetSettings) {
    this.#settings = settings;
  }

  /** How many of the wanted ones are not confirmed on the present connection. */
  get missingCount(): number {
    return this.#wanted.size - this.#confirmed.size;
  }

  isConfirmed(name: string): boolean {
    return this.#confirmed.has(name);
  }

  want(names: readonly string[]): void {
    for (const name of names) {
      if (this.#wanted.has(name) && !this.#refused.has(name)) continue;
      this.#wanted.add(name);
      this.#enqueue('subscribe', name);
    }
    this.#sendSoon();
  }

  unwant(names: readonly string[]): void {
    for (const name of names) {
      if (!this.#wanted.delete(name)) continue;
      this.#confirmed.delete(name);
      this.#enqueue('unsubscribe', name);
    }
    this.#sendSoon();
  }

  /** There is a connection, on which nothing is subscribed. */
  begin(): void {
    this.end();
    this.#isConnected = true;
    this.#queues.subscribe = new Set(this.#wanted);
    this.#sendWhatMay();
  }

  /** There is no connection any more: nothing is subscribed, and no answer counts. */
  end(): void {
    this.#isConnected = false;
    this.#confirmed.clear();
    this.#queues = { subscribe: new Set(), unsubscribe: new Set() };
    this.#parts = [];
    this.#refused.clear();
    this.#batches.clear();
    this.#underWay.clear();
  }

  /** Asks again for what Redis answered with an error. */
  retry(): void {
    for (const name of this.#refused) {
      this.#enqueue(this.#wanted.has(name) ? 'subscribe' : 'unsubscribe', name);
    }
    this.#sendWhatMay();
  }

  #enqueue(action: Action, name: string): void {
    if (!this.#isConnected) return;
    this.#refused.delete(name);
    this.#queues[action === 'subscribe' ? 'unsubscribe' : 'subscribe'].delete(name);
    this.#queues[action].add(name);
  }

  /** What is wanted in one tick, name by name, travels together. */
  #sendSoon(): void {
    if (this.#willSend) return;
    this.#willSend = true;
    process.nextTick(() => {
      this.#willSend = false;
      this.#sendWhatMay();
    });
  }

  #sendWhatMay(): void {
    while (this.#isConnected && this.#batches.size < MAX_UNDER_WAY) {
      const batch = this.#nextBatch();
      if (!batch) return;
      this.#batches.add(batch);
      for (const name of batch.names) this.#underWay.set(name, batch);
      this.#settings.send(batch.action, batch.names).then(
        () => this.#succeed(batch),
        (error: unknown) => this.#fail(batch, error),
      );
    }
  }

  /** Parts of refused batches come last: many of them must not keep the others waiting. */
  #nextBatch(): Batch | undefined {
    for (const action of ['subscribe', 'unsubscribe'] as const) {
      const names = take(this.#queues[action], MAX_BATCH);
      if (names.length > 0) return { action, names };
    }
    for (;;) {
      const part = this.#parts.shift();
      if (!part) return undefined;
      const names = part.filter((name) => this.#isAskedForNowhereElse(name));
      if (names.length > 0) return { action: 'subscribe', names };
    }
  }

  #isAskedForNowhereElse(name: string): boolean {
    return (
      this.#wanted.has(name) &&
      !this.#confirmed.has(name) &&
      !this.#refused.has(name) &&
      !this.#queues.subscribe.has(name) &&
      !this.#underWay.has(name)
    );
  }

  #succeed(batch: Batch): void {
    const names = this.#finish(batch);
    if (batch.action === 'subscribe') for (const name of names) this.#confirmed.add(name);
    this.#sendWhatMay();
    if (batch.action === 'subscribe' && names.length > 0) this.#settings.confirmed(names);
  }

  #fail(batch: Batch, error: unknown): void {
    if (!this.#batches.has(batch)) return;
    const names = this.#finish(batch);
    if (batch.names.length > 1 && isGatewayError(error, 'REDIS_REFUSED')) {
      // Redis refuses all for the sake of one: those that it allows are found by halves.
      const half = (names.length + 1) >> 1;
      this.#parts.push(names.slice(0, half), names.slice(half));
    } else {
      for (const name of names) this.#refused.add(name);
      this.#settings.refused(error);
    }
    this.#sendWhatMay();
  }

  /** Returns those of its names for which its answer is the last word. */
  #finish(batch: Batch): string[] {
    if (!this.#batches.delete(batch)) return [];
    const { subscribe, unsubscribe } = this.#queues;
    return batch.names.filter((name) => {
      if (this.#underWay.get(name) !== batch) return false;
      this.#underWay.delete(name);
      return !subscribe.has(name) && !unsubscribe.has(name);
    });
  }
}

/** Removes the first ones. */
function take(names: Set<string>, count: number): string[] {
  const taken: string[] = [];
  for (const name of names) {
    if (taken.length === count) break;
    taken.push(name);
    names.delete(name);
  }
  return taken;
}
