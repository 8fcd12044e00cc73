import { waitFor } from '../../support/wait-for.js';
import { ClientFixture, deferred, untilState } from './support/client-fixture.js';
import { idOf, joined } from './support/scripted-gateway.js';

/** As much of a browser's storage as there is in Node, with its writes. */
class Storage {
  readonly items = new Map<string, string>();
  writeCount = 0;

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.writeCount++;
    this.items.set(key, value);
  }

  stored(): unknown {
    return [...this.items.values()].map((text): unknown => JSON.parse(text))[0];
  }
}

let fixture: ClientFixture;
let storage: Storage;
beforeEach(async () => {
  fixture = await ClientFixture.start();
  storage = new Storage();
});
afterEach(() => fixture.stop());

describe('Stored positions', () => {
  it('go on after a reload, for the same user', async () => {
    const before = fixture.connect({ storage });
    fixture.collect(before);
    (await fixture.gateway.connection(1)).ready([joined('a', 'p')]).durable('b', idOf(1));
    await waitFor('the event', () => before.positions.b === idOf(1));
    before.close();
    const after = fixture.connect({ storage });
    expect([after.userId, after.positions]).toEqual(['ada', { a: 'p', b: idOf(1) }]);
    const { auth } = await fixture.gateway.connection(2);
    expect(auth).toMatchObject({ for: 'ada', positions: { a: 'p', b: idOf(1) }, rooms: [] });
  });

  it('are only of what has been handled', async () => {
    const before = fixture.connect({ storage });
    const slow = deferred();
    before.on('slow', () => slow.promise);
    const connection = await fixture.gateway.connection(1);
    connection.ready([joined('a', 'p'), joined('b', 'q')]).durable('a', idOf(1), 'slow');
    connection.durable('b', idOf(2), 'later').live('end', 0);
    const end = fixture.collect(before, 'end');
    await waitFor('the end', () => end.length === 1);
    before.close();
    slow.resolve();
    fixture.connect({ storage });
    const { auth } = await fixture.gateway.connection(2);
    expect(auth.positions).toEqual({ a: 'p', b: 'q' });
  });

  it('are no longer written by a client that is closed, whatever its handlers still do', async () => {
    const before = fixture.connect({ storage });
    const slow = deferred();
    before.on('slow', () => slow.promise);
    (await fixture.gateway.connection(1)).ready([joined('a', 'p')]).durable('a', idOf(1), 'slow');
    await untilState(before, 'ready');
    before.close();
    const { writeCount } = storage;
    slow.resolve();
    await waitFor('the position', () => before.positions.a === idOf(1));
    const after = fixture.connect({ storage });
    (await fixture.gateway.connection(2)).gap('a', 'trimmed', 'z').ready();
    await untilState(after, 'ready');
    await waitFor('a write', () => storage.writeCount > writeCount);
    expect(storage.stored()).toEqual({ userId: 'ada', positions: { a: 'z' } });
  });

  it('are dropped when the token is of another user', async () => {
    storage.setItem('key', JSON.stringify({ userId: 'ada', positions: { a: 'p', 'user:ada': 'q' } }));
    const client = fixture.connect({ storage, storageKey: 'key' });
    (await fixture.gateway.connection(1)).ready([joined('user:bob', 'r')], 'bob');
    await untilState(client, 'ready');
    client.close();
    expect(storage.stored()).toEqual({ userId: 'bob', positions: { 'user:bob': 'r' } });
  });

  it('have a key of their url, or one that is given', async () => {
    fixture.connect({ storage });
    const other = fixture.connect({ storage, storageKey: 'mine' });
    (await fixture.gateway.connection(1)).ready();
    (await fixture.gateway.connection(2)).ready();
    await untilState(other, 'ready');
    await waitFor('both', () => storage.items.size === 2);
    expect([...storage.items.keys()].sort()).toEqual([
      'mine',
      `nestjs-socket-gateway:${fixture.gateway.url}`,
    ]);
  });

  it('are written once for many events, and at the latest when the page goes away', async () => {
    const page = new EventTarget();
    const add = page.addEventListener.bind(page);
    const remove = page.removeEventListener.bind(page);
    Object.assign(globalThis, { addEventListener: add, removeEventListener: remove });
    try {
      const client = fixture.connect({ storage });
      fixture.collect(client);
      const connection = (await fixture.gateway.connection(1)).ready();
      for (let n = 1; n <= 100; n++) connection.durable('a', idOf(n));
      await waitFor('the events', () => client.positions.a === idOf(100));
      expect(storage.writeCount).toBeLessThanOrEqual(1);
      page.dispatchEvent(new Event('pagehide'));
      expect(storage.stored()).toEqual({ userId: 'ada', positions: { a: idOf(100) } });
      connection.durable('a', idOf(101));
      await waitFor('the event', () => client.positions.a === idOf(101));
      client.close();
      storage.items.clear();
      page.dispatchEvent(new Event('pagehide'));
      expect(storage.items.size).toBe(0);
    } finally {
      Object.assign(globalThis, { addEventListener: undefined, removeEventListener: undefined });
    }
  });

  it.each([
    'not JSON',
    'null',
    '7',
    '{}',
    '{"userId":7,"positions":{"a":"p"}}',
    '{"userId":"ada"}',
    '{"userId":"ada","positions":null}',
    '{"userId":"ada","positions":{"a":7}}',
  ])('that are %s count for nothing', async (text) => {
    storage.setItem('key', text);
    fixture.connect({ storage, storageKey: 'key' });
    const { auth } = await fixture.gateway.connection(1);
    expect([auth.positions, auth.rooms, fixture.codes]).toEqual([{}, [], []]);
  });

  it('of rooms with the names of what every object has are as others', async () => {
    const before = fixture.connect({ storage });
    (await fixture.gateway.connection(1)).ready([joined('__proto__', 'p'), joined('constructor', 'q')]);
    await untilState(before, 'ready');
    before.close();
    fixture.connect({ storage });
    const { auth } = await fixture.gateway.connection(2);
    expect(Object.entries(auth.positions ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'q'],
    ]);
  });
});

describe('A storage', () => {
  it('that throws is reported once, and the client goes on', async () => {
    const failing = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota');
      },
    };
    const client = fixture.connect({ storage: failing });
    fixture.collect(client);
    const connection = (await fixture.gateway.connection(1)).ready([joined('a', 'p')]);
    await waitFor('the report', () => fixture.errors.length > 0);
    connection.durable('a', idOf(1));
    await waitFor('the event', () => client.positions.a === idOf(1));
    client.close();
    expect(fixture.codes).toEqual(['STORAGE_FAILED']);
  });

  it('that is localStorage is refused', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
    try {
      expect(() => fixture.connect({ storage })).toThrow(/localStorage.*sessionStorage/);
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage');
      if (before) Object.defineProperty(globalThis, 'localStorage', before);
    }
  });
});
