import { waitFor } from '../../support/wait-for.js';
import { ClientFixture, deferred, untilState } from './support/client-fixture.js';
import { idOf, joined } from './support/scripted-gateway.js';

let fixture: ClientFixture;
beforeEach(async () => (fixture = await ClientFixture.start()));
afterEach(() => fixture.stop());

describe('Events', () => {
  it('come with what they came with: a durable one, a latest value, a live one', async () => {
    const client = fixture.connect();
    const calls: unknown[][] = [];
    client.on('note', (...args) => calls.push(args));
    const connection = await fixture.gateway.connection(1);
    connection.durable('a', idOf(1), 'note', 1).latest('a', 'k', 'note', 2).live('note', 3);
    await waitFor('three calls', () => calls.length === 3);
    expect(calls).toEqual([[1, { room: 'a', id: idOf(1) }], [2, { room: 'a', key: 'k' }], [3]]);
  });

  it('go to all handlers of their name, and to none that was taken away', async () => {
    const client = fixture.connect();
    const off = client.on('note', () => seen.push('off'));
    const seen: string[] = [];
    const handler = (): number => seen.push('twice');
    client.on('note', handler);
    client.on('note', handler);
    off();
    off();
    (await fixture.gateway.connection(1)).live('note', 1);
    await waitFor('two calls', () => seen.length >= 2);
    expect(seen).toEqual(['twice', 'twice']);
  });

  it('of the library are not handed over', async () => {
    const client = fixture.connect();
    const seen = fixture.collect(client, 'gateway:ready');
    (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    expect(seen).toEqual([]);
  });
});

describe('A position', () => {
  it('advances when all handlers have returned, their promises included', async () => {
    const client = fixture.connect();
    const slow = deferred();
    let started = 0;
    client.on('note', () => {
      started++;
      return slow.promise;
    });
    client.on('note', () => undefined);
    (await fixture.gateway.connection(1)).ready([joined('a', idOf(0))]).durable('a', idOf(1));
    await waitFor('the handler', () => started === 1);
    expect(client.positions).toEqual({ a: idOf(0) });
    slow.resolve();
    await waitFor('the position', () => client.positions.a === idOf(1));
  });

  it('advances over an event whose handler throws or rejects, which is reported', async () => {
    const client = fixture.connect();
    client.on('throws', () => {
      throw new Error('thrown');
    });
    client.on('rejects', () => Promise.reject(new Error('rejected')));
    const others = fixture.collect(client, 'rejects');
    (await fixture.gateway.connection(1)).durable('a', idOf(1), 'throws').durable('a', idOf(2), 'rejects');
    await waitFor('the position', () => client.positions.a === idOf(2));
    expect(others).toEqual([idOf(2)]);
    expect(fixture.errors).toMatchObject([
      { code: 'HANDLER_FAILED', event: 'throws', room: 'a', cause: { message: 'thrown' } },
      { code: 'HANDLER_FAILED', event: 'rejects', room: 'a', cause: { message: 'rejected' } },
    ]);
  });

  it('of one room waits for its slow handler, in order; other rooms and latest values do not', async () => {
    const client = fixture.connect();
    const slow = deferred();
    const seen: unknown[] = [];
    client.on('slow', (data) => {
      seen.push(data);
      return slow.promise;
    });
    client.on('note', (data) => seen.push(data));
    const connection = await fixture.gateway.connection(1);
    connection.durable('a', idOf(1), 'slow', 'a1').durable('a', idOf(2), 'note', 'a2');
    connection.durable('b', idOf(3), 'note', 'b1').latest('a', 'k', 'note', 'latest').live('note', 'live');
    await waitFor('the others', () => seen.includes('live'));
    expect(seen).toEqual(['a1', 'b1', 'latest', 'live']);
    expect(client.positions).toEqual({ b: idOf(3) });
    slow.resolve();
    await waitFor('the position', () => client.positions.a === idOf(2));
    expect(seen.at(-1)).toBe('a2');
  });

  it('is what ready says, where there is none yet, also for a room that was pending', async () => {
    const client = fixture.connect();
    const connection = await fixture.gateway.connection(1);
    connection.ready([joined('a', 'p'), joined('b', null, { pending: true })]);
    await untilState(client, 'ready');
    expect(client.positions).toEqual({ a: 'p' });
    connection.room(joined('b', 'q'));
    await waitFor('the position', () => client.positions.b === 'q');
    connection.room(joined('b', 'r')).live('end', 0);
    const end = fixture.collect(client, 'end');
    await waitFor('the end', () => end.length === 1);
    expect(client.positions).toEqual({ a: 'p', b: 'q' });
  });

  it('is not what ready says, where an event has said otherwise', async () => {
    const client = fixture.connect();
    const slow = deferred();
    client.on('note', () => slow.promise);
    (await fixture.gateway.connection(1)).durable('a', idOf(1)).ready([joined('a', idOf(9))]);
    await untilState(client, 'ready');
    expect(client.positions).toEqual({});
    slow.resolve();
    await waitFor('the position', () => client.positions.a === idOf(1));
  });
});

describe('A gap', () => {
  it('is told between the events before and after it, and its position is taken over', async () => {
    const client = fixture.connect();
    const slow = deferred();
    const seen: unknown[] = [];
    client.on('note', (data) => {
      seen.push(data);
      return slow.promise;
    });
    client.onGap((gap) => seen.push([gap, client.positions]));
    const connection = await fixture.gateway.connection(1);
    connection.durable('a', idOf(1)).gap('a', 'trimmed', idOf(5)).durable('a', idOf(6)).ready();
    await untilState(client, 'ready');
    expect(seen).toEqual([idOf(1)]);
    slow.resolve();
    await waitFor('the position', () => client.positions.a === idOf(6));
    const gap = { room: 'a', reason: 'trimmed', position: idOf(5) };
    expect(seen).toEqual([idOf(1), [gap, { a: idOf(1) }], idOf(6)]);
  });

  it('goes over events that still wait for a handler, which get one nevertheless', async () => {
    const client = fixture.connect();
    const connection = await fixture.gateway.connection(1);
    const off = client.onGap(() => undefined);
    connection
      .ready([joined('a', idOf(0))])
      .durable('a', idOf(1))
      .gap('a', 'limit', idOf(5));
    await waitFor('the position', () => client.positions.a === idOf(5));
    const seen = fixture.collect(client);
    await waitFor('the event', () => seen.length === 1);
    expect(client.positions).toEqual({ a: idOf(5) });
    off();
  });

  it('is reported when nothing listens, and when what listens throws', async () => {
    const client = fixture.connect();
    const connection = await fixture.gateway.connection(1);
    connection.gap('a', 'expired', 'p');
    await waitFor('the position', () => client.positions.a === 'p');
    client.onGap(() => {
      throw new Error('of the application');
    });
    connection.gap('a', 'expired', 'q');
    await waitFor('the position', () => client.positions.a === 'q');
    expect(fixture.errors).toMatchObject([
      { code: 'GAP_UNHANDLED', room: 'a' },
      { code: 'HANDLER_FAILED', room: 'a' },
    ]);
  });
});

describe('An event without a handler', () => {
  it('waits for one, and lets others pass; the position stays before it', async () => {
    const client = fixture.connect();
    const notes = fixture.collect(client);
    const connection = await fixture.gateway.connection(1);
    connection
      .ready([joined('a', idOf(0))])
      .durable('a', idOf(1), 'later')
      .durable('a', idOf(2), 'later');
    connection.durable('a', idOf(3));
    await waitFor('the other', () => notes.length === 1);
    expect(client.positions).toEqual({ a: idOf(0) });
    const first = fixture.collect(client, 'later');
    const second = fixture.collect(client, 'later');
    await waitFor('the position', () => client.positions.a === idOf(3));
    expect([first, second]).toEqual([
      [idOf(1), idOf(2)],
      [idOf(1), idOf(2)],
    ]);
  });

  it('comes before what waits behind it, when its handler comes while another is at work', async () => {
    const client = fixture.connect();
    const slow = deferred();
    const seen: unknown[] = [];
    client.on('slow', () => slow.promise);
    client.on('note', (data) => seen.push(data));
    const connection = await fixture.gateway.connection(1);
    connection.durable('a', idOf(1), 'slow').durable('a', idOf(2), 'later').durable('a', idOf(3)).ready();
    await untilState(client, 'ready');
    client.on('later', (data) => seen.push(data));
    slow.resolve();
    await waitFor('both', () => seen.length === 2);
    expect(seen).toEqual([idOf(2), idOf(3)]);
  });

  it('that is a latest value waits as the newest of its key, unless a durable one has come after it', async () => {
    const client = fixture.connect();
    const connection = await fixture.gateway.connection(1);
    connection
      .latest('a', 'k', 'progress', 1)
      .latest('a', 'k', 'progress', 2)
      .latest('b', 'k', 'progress', 3);
    connection.durable('b', idOf(1)).ready();
    await untilState(client, 'ready');
    const seen = fixture.collect(client, 'progress');
    await waitFor('the value', () => seen.length > 0);
    expect(seen).toEqual([2]);
  });

  it('is not taken when 1,000 wait, and comes on a new connection when it has a handler', async () => {
    const client = fixture.connect();
    const notes = fixture.collect(client);
    const states: string[] = [];
    client.onState((state) => states.push(state));
    const first = await fixture.gateway.connection(1);
    first.ready([joined('a', idOf(0))]);
    for (let n = 1; n <= 1002; n++) first.durable('a', idOf(n), 'later', n);
    first.durable('a', idOf(1003));
    await waitFor('the one behind', () => notes.length === 1);
    expect(fixture.errors).toMatchObject([{ code: 'EVENTS_UNHANDLED', event: 'later', room: 'a' }]);
    const later = fixture.collect(client, 'later');
    const second = await fixture.gateway.connection(2);
    expect([later.length, client.positions]).toEqual([1000, { a: idOf(1000) }]);
    expect(second.auth.positions).toEqual({ a: idOf(1000) });
    second.durable('a', idOf(1001), 'later', 1001).durable('a', idOf(1002), 'later', 1002);
    second.durable('a', idOf(1003)).ready();
    await untilState(client, 'ready');
    expect(client.positions).toEqual({ a: idOf(1003) });
    expect(later).toEqual(Array.from({ length: 1002 }, (_, index) => index + 1));
    expect([notes, states]).toEqual([[idOf(1003)], ['ready', 'offline', 'connecting', 'ready']]);
  });
});
