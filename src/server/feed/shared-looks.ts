import {
  compareStreamIds,
  streamIdOf,
  type Position,
  type RoomLog,
  type RoomLook,
} from '../../room-log/index.js';

interface Waiting {
  readonly position: Position | null;
  readonly resolve: (look: RoomLook) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks at the log of one room, once for all who want to at the same time: when thousands return after a server was
 * lost, a look for the oldest of their positions has the events that each of them missed.
 *
 * A look answers only those who asked before it began.
 */
export class SharedLooks {
  readonly #log: RoomLog;
  readonly #room: string;
  readonly #limit: number;
  #waiting: Waiting[] = [];
  #isReading = false;
  #newest: { readonly count: number; readonly look: Promise<RoomLook> } | undefined;

  /** @param limit the most events of one look */
  constructor(log: RoomLog, room: string, limit: number) {
    this.#log = log;
    this.#room = room;
    this.#limit = limit;
  }

  /** Whether nobody waits for a look. */
  get isIdle(): boolean {
    return !this.#isReading;
  }

  /** @throws (rejects) as `RoomLog.attach` */
  look(position: Position | null): Promise<RoomLook> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ position, resolve, reject });
      if (this.#isReading) return;
      this.#isReading = true;
      // At the end of this tick: whoever else asks in it shares the look.
      queueMicrotask(() => void this.#readAll());
    });
  }

  /** The newest `count` events; the look is one for all who ask for as many in one tick. */
  newest(count: number): Promise<RoomLook> {
    if (this.#newest?.count === count) return this.#newest.look;
    const look = Promise.resolve().then(() => {
      this.#newest = undefined;
      return this.#log.newest(this.#room, count, { latest: true });
    });
    this.#newest = { count, look };
    return look;
  }

  async #readAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      let asked = this.#waiting;
      this.#waiting = [];
      // Each look answers at least those who asked for the lowest position.
      while (asked.length > 0) asked = await this.#readFor(asked, lowestOf(asked));
    }
    this.#isReading = false;
  }

  /** Reads from a position; returns those whom that does not answer. */
  async #readFor(asked: Waiting[], position: Position | null): Promise<Waiting[]> {
    try {
      const look = await this.#log.attach(this.#room, position, { limit: this.#limit, latest: true });
      const partFor = partsOf(look);
      return asked.filter(({ position: own, resolve }) => {
        const answer = own === position ? look : partFor(own);
        if (answer) resolve(answer);
        return !answer;
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
      return [];
    }
  }
}

function lowestOf(asked: readonly Waiting[]): Position | null {
  let lowest: Position | null = null;
  for (const { position } of asked) {
    if (position === null) continue;
    if (lowest === null || compareStreamIds(streamIdOf(position), streamIdOf(lowest)) < 0) lowest = position;
  }
  return lowest;
}

/** What a look says about other positions than its own; undefined for those about which it says nothing. */
function partsOf(look: RoomLook): (position: Position | null) => RoomLook | undefined {
  const { tail, latestVersion, latest } = look;
  const current: RoomLook = { verdict: 'current', tail, latestVersion, latest };
  if (look.verdict !== 'chain')
    return (position) => (position === null || position === tail ? current : undefined);
  let indexes: Map<Position, number> | undefined;
  return (position) => {
    if (position === null || position === tail) return current;
    indexes ??= new Map(look.events.map(({ prev }, index) => [prev, index]));
    const index = indexes.get(position);
    return index === undefined ? undefined : { ...look, events: look.events.slice(index) };
  };
}
