import fc from 'fast-check';
import type { ClearedLatest, LatestValues } from '../../../../src/room-log/index.js';
import { LatestFollower } from '../../../../src/server/feed/latest-follower.js';

const MAX_KEYS = 3;

type Message = ClearedLatest & { readonly data?: string };
interface State {
  readonly version: string;
  /** The oldest first. */
  readonly values: ReadonlyMap<string, { readonly version: string; readonly data: string }>;
}

/** The hash of a room, with its whole history. */
class SimulatedHash {
  /** The state after each change that is not rolled back; the last one is the present. */
  readonly history: State[] = [{ version: '', values: new Map() }];
  #salt = 0;

  get present(): State {
    return this.history.at(-1) as State;
  }

  look(): LatestValues {
    const { version, values } = this.present;
    return { version, values: [...values].map(([key, value]) => ({ key, ...value })) };
  }

  set(key: string): Message {
    const version = this.#nextVersion();
    const data = `${key}@${version}`;
    const values = new Map(this.present.values);
    values.delete(key);
    values.set(key, { version, data });
    for (const oldest of values.keys()) {
      if (values.size <= MAX_KEYS) break;
      values.delete(oldest);
    }
    return { ...this.#change(version, values, key), data };
  }

  clear(key: string): Message | undefined {
    const values = new Map(this.present.values);
    return values.delete(key) ? this.#change(this.#nextVersion(), values, key) : undefined;
  }

  rollBack(count: number): void {
    this.history.length = Math.max(1, this.history.length - count);
  }

  /** The same number may come again after a rollback, with another salt. */
  #nextVersion(): string {
    return `${(Number.parseInt(this.present.version, 10) || 0) + 1}.${++this.#salt}`;
  }

  #change(version: string, values: State['values'], key: string): Message {
    const previousVersion = this.present.version;
    this.history.push({ version, values });
    return { key, version, previousVersion };
  }
}

/** A follower, the network before it and the receiver behind it, whose newest values are checked with each told one. */
class Simulation {
  readonly hash = new SimulatedHash();
  readonly newest = new Map<string, string>();
  #follower = new LatestFollower({
    value: (key, data) => this.#value(key, data),
    synced: () => undefined,
    read: (id) => this.#reads.push(id),
  });
  #network: Message[] = [];
  #reads: number[] = [];
  #looks: [number, LatestValues][] = [];
  /** Versions in the order in which they were told. */
  #told: string[] = [];
  #hasRolledBack = false;
  #isPaused = false;

  begin(): void {
    const look = this.hash.look();
    for (const { key, data } of look.values) this.newest.set(key, data);
    this.#follower.begin(look);
  }

  step(step: Step): void {
    switch (step.do) {
      case 'set':
        this.#network.push(this.hash.set(step.key));
        return;
      case 'clear': {
        const message = this.hash.clear(step.key);
        if (message) this.#network.push(message);
        return;
      }
      case 'rollBack':
        this.hash.rollBack(step.n);
        this.#hasRolledBack = true;
        return;
      case 'hear':
        this.#hear(step.n % 3 === 0 ? step.n : 0);
        return;
      case 'lose':
        this.#network.splice(step.n % 5, 1);
        return;
      case 'double': {
        const [first] = this.#network;
        if (first) this.#network.push(first);
        return;
      }
      case 'read':
        this.#read();
        return;
      case 'look':
        this.#look();
        return;
      case 'fail': {
        const id = this.#reads.shift();
        if (id !== undefined) this.#follower.failed(id);
        return;
      }
      case 'retry':
        this.#follower.retry();
        return;
      case 'dirty':
        this.#follower.dirty();
        return;
      case 'audit':
        this.#follower.audited(this.hash.present.version);
        return;
      case 'pause':
        this.#isPaused = true;
        this.#follower.pause();
        return;
      case 'resume':
        this.#isPaused = false;
        this.#follower.resume(step.n % 2 === 0 ? this.hash.present.version : undefined);
        return;
      case 'drop':
        this.#follower.dropHeld();
    }
  }

  /** Comes to rest, without any further fault; then there is an audit. */
  settle(): void {
    while (this.#network.length > 0) this.#hear(0);
    this.step({ do: 'resume', key: '', n: 1 });
    this.#follower.retry();
    this.#answerAll();
    this.#follower.audited(this.hash.present.version);
    this.#answerAll();
  }

  get isSettled(): boolean {
    return this.#follower.isSettled && this.#follower.version === this.hash.present.version;
  }

  #hear(index: number): void {
    const [message] = this.#network.splice(index % Math.max(1, this.#network.length), 1);
    if (!message) return;
    const { data } = message;
    if (data === undefined) this.#follower.cleared(message);
    else this.#follower.message({ ...message, data });
  }

  #read(): void {
    const id = this.#reads.shift();
    if (id !== undefined) this.#looks.push([id, this.hash.look()]);
  }

  #look(): void {
    const look = this.#looks.shift();
    if (look) this.#follower.looked(...look);
  }

  #answerAll(): void {
    for (let rounds = 0; this.#reads.length + this.#looks.length > 0; rounds++) {
      if (rounds > 1000) throw new Error('It reads for ever');
      this.#read();
      this.#look();
    }
  }

  #value(key: string, data: string): void {
    if (this.#isPaused) throw new Error('Told during a pause');
    if (this.newest.get(key) === data && !this.#hasRolledBack) throw new Error(`Told again: ${data}`);
    const version = data.slice(data.indexOf('@') + 1);
    const place = this.#placeOf(version);
    // What is rolled back has no place any more, and nothing comes before or after it.
    const last = this.#told.findLast((earlier) => this.#placeOf(earlier) >= 0);
    if (place >= 0 && last !== undefined && this.#placeOf(last) > place && !this.#hasRolledBack) {
      throw new Error(`${version} told after ${last}`);
    }
    const newestOfKey = this.newest.get(key);
    const placeOfNewest = this.#placeOf(newestOfKey?.slice(newestOfKey.indexOf('@') + 1) ?? '');
    if (place >= 0 && placeOfNewest > place) throw new Error(`${data} told after ${String(newestOfKey)}`);
    this.#told.push(version);
    this.newest.set(key, data);
  }

  #placeOf(version: string): number {
    return this.hash.history.findIndex((state) => state.version === version);
  }
}

const actions = {
  set: 10,
  clear: 2,
  hear: 12,
  read: 6,
  look: 6,
  rollBack: 1,
  lose: 2,
  double: 2,
  fail: 2,
  retry: 2,
  dirty: 1,
  audit: 2,
  pause: 1,
  resume: 2,
  drop: 1,
} as const;
type Action = keyof typeof actions;
interface Step {
  readonly do: Action;
  readonly key: string;
  readonly n: number;
}

const stepsOf = (names: readonly Action[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      do: fc.oneof(...names.map((name) => ({ weight: actions[name], arbitrary: fc.constant(name) }))),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      n: fc.nat(9),
    }),
    { maxLength: 120, size: 'max' },
  );
const all = Object.keys(actions) as Action[];

function simulate(before: readonly Step[], steps: readonly Step[]): void {
  const simulation = new Simulation();
  for (const step of before) simulation.step(step);
  simulation.begin();
  for (const step of steps) simulation.step(step);
  simulation.settle();
  expect(simulation.isSettled).toBe(true);
  for (const [key, { data }] of simulation.hash.present.values) {
    expect([key, simulation.newest.get(key)]).toEqual([key, data]);
  }
}

describe('latest values, whatever happens on their way', () => {
  it('end with what the hash has, each told in its order and once, when nothing is rolled back', () => {
    const names = all.filter((name) => name !== 'rollBack');
    const before = names.filter((name) => name !== 'pause');
    fc.assert(
      fc.property(stepsOf(before), stepsOf(names), (first, then) => simulate(first.slice(0, 20), then)),
      { numRuns: 2000 },
    );
  });

  it('end with what the hash has, when it was rolled back', () => {
    fc.assert(
      fc.property(stepsOf(['set', 'clear', 'rollBack', 'hear']), stepsOf(all), (first, then) =>
        simulate(first.slice(0, 20), then),
      ),
      { numRuns: 2000 },
    );
  });
});
