import fc from 'fast-check';
import { ClientRoom } from '../../../src/client/client-room.js';

const NAMES = ['a', 'b', 'c'];
const EMITTERS = ['emitter1', 'emitter2'];
const MAX_WAITING = 3;

type Action =
  | { do: 'emit'; name: string; emitter: string }
  | { do: 'send'; count: number }
  | { do: 'reconnect'; again: number }
  | { do: 'addHandler'; name: string }
  | { do: 'settle' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('emit' as const),
      name: fc.constantFrom(...NAMES),
      emitter: fc.constantFrom(...EMITTERS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reconnect' as const), again: fc.integer({ min: 0, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('addHandler' as const), name: fc.constantFrom(...NAMES) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'settle' as const }) },
);

/** A room's log, a server that sends it, and a client whose handlers take as long as they like. */
class World {
  readonly log: { id: string; name: string }[] = [];
  readonly handled: string[] = [];
  readonly started: string[] = [];
  readonly room = new ClientRoom('start', () => undefined);
  readonly #handlers = new Set<string>();
  readonly #seqs = new Map<string, number>();
  #settle: (() => void) | undefined;
  #sent = 0;

  async run(one: Action): Promise<void> {
    switch (one.do) {
      case 'emit': {
        const seq = (this.#seqs.get(one.emitter) ?? 0) + 1;
        this.#seqs.set(one.emitter, seq);
        const id = `${1_700_000_000_000 + this.log.length}-0.${one.emitter}${seq}.salt`;
        this.log.push({ id, name: one.name });
        break;
      }
      case 'send':
        for (const event of this.log.slice(this.#sent, this.#sent + one.count)) this.#send(event);
        break;
      case 'reconnect':
        this.room.reconnect();
        // A server may send more than it was asked for.
        this.#sent = Math.max(0, this.#indexOf(this.room.arrived) + 1 - one.again);
        break;
      case 'addHandler':
        this.#handlers.add(one.name);
        this.room.run();
        break;
      case 'settle':
        this.#settle?.();
        await Promise.resolve().then(() => Promise.resolve());
    }
  }

  /** Everything up to the position has been handled. */
  mustHaveHandledUpToPosition(): void {
    const before = this.log.slice(0, this.#indexOf(this.room.position) + 1).map(({ id }) => id);
    expect(before.filter((id) => !this.handled.includes(id))).toEqual([]);
  }

  async finish(): Promise<void> {
    for (const name of NAMES) await this.run({ do: 'addHandler', name });
    await this.run({ do: 'reconnect', again: 2 });
    await this.run({ do: 'send', count: Infinity });
    for (let n = 0; n <= this.log.length; n++) await this.run({ do: 'settle' });
  }

  #send({ id, name }: { id: string; name: string }): void {
    this.#sent++;
    const handle = (): Promise<void> => {
      this.started.push(id);
      return new Promise((resolve) => {
        this.#settle = () => {
          this.handled.push(id);
          this.#settle = undefined;
          resolve();
        };
      });
    };
    const step = { id, name, isPossible: () => this.#handlers.has(name), handle };
    this.room.receive(step, () => this.room.waitingCount < MAX_WAITING);
  }

  #indexOf(position: string | undefined): number {
    return this.log.findIndex(({ id }) => id === position);
  }
}

describe('A room of a client', () => {
  it('hands each event over once, one at a time, and never has a position before which one is missing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 120, size: 'max' }), async (actions) => {
        const world = new World();
        for (const one of actions) {
          await world.run(one);
          world.mustHaveHandledUpToPosition();
          expect(world.started.length - world.handled.length).toBeLessThanOrEqual(1);
        }
        await world.finish();
        expect([...world.handled].sort()).toEqual(world.log.map(({ id }) => id).sort());
        for (const name of NAMES) {
          const ofName = world.log.filter((event) => event.name === name).map(({ id }) => id);
          expect(world.handled.filter((id) => ofName.includes(id))).toEqual(ofName);
        }
        expect(world.room.position).toBe(world.log.at(-1)?.id ?? 'start');
      }),
      { numRuns: 100 },
    );
  });
});
