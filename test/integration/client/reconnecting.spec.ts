import { waitFor } from '../../support/wait-for.js';
import { ClientFixture, deferred, untilState } from './support/client-fixture.js';
import { idOf, joined } from './support/scripted-gateway.js';

let fixture: ClientFixture;
beforeEach(async () => (fixture = await ClientFixture.start()));
afterEach(() => fixture.stop());

describe('A client that reconnects', () => {
  it('goes on at its positions, in the rooms that it was in, and as the same user', async () => {
    const client = fixture.connect({ rooms: ['a', 'b'] });
    fixture.collect(client);
    const first = await fixture.gateway.connection(1);
    first.ready([joined('user:ada', 'u'), joined('a', 'p'), joined('b', null, { pending: true })]);
    // Joined by the server: the client has not asked for it.
    first.durable('a', idOf(1)).durable('c', idOf(2)).latest('d', 'k', 'note', 1);
    await waitFor('the events', () => client.positions.c === idOf(2));
    await untilState(client, 'ready');
    first.cut();
    const { auth } = await fixture.gateway.connection(2);
    expect({ ...auth, rooms: auth.rooms?.sort() }).toEqual({
      token: 'token of ada',
      for: 'ada',
      positions: { 'user:ada': 'u', a: idOf(1), c: idOf(2) },
      rooms: ['b', 'd'],
    });
  });

  it('hands nothing over twice that comes twice, and advances over it', async () => {
    const client = fixture.connect();
    const notes = fixture.collect(client);
    const first = await fixture.gateway.connection(1);
    first.durable('a', idOf(1)).durable('a', idOf(2)).ready();
    await untilState(client, 'ready');
    first.cut();
    const second = await fixture.gateway.connection(2);
    second.durable('a', idOf(1)).durable('a', idOf(2)).durable('a', idOf(3));
    await waitFor('the third', () => client.positions.a === idOf(3));
    expect(notes).toEqual([idOf(1), idOf(2), idOf(3)]);
  });

  it('passes over an event that Redis had forgotten and that has a new token, and advances to that', async () => {
    const client = fixture.connect();
    const notes = fixture.collect(client);
    client.onGap(() => undefined);
    const first = await fixture.gateway.connection(1);
    first.durable('a', idOf(1)).durable('a', idOf(2)).ready();
    await untilState(client, 'ready');
    first.cut();
    const [again, newer] = [idOf(8, { seq: 2, salt: 'other' }), idOf(9, { seq: 3 })];
    const second = await fixture.gateway.connection(2);
    second.gap('a', 'rolled-back', idOf(1)).durable('a', again).live('end', 0);
    const end = fixture.collect(client, 'end');
    await waitFor('the end', () => end.length === 1);
    expect(client.positions).toEqual({ a: again });
    second.durable('a', newer).durable('a', idOf(3, { emitter: 'emitter2', seq: 1 }));
    await waitFor('the newer', () => notes.length === 4);
    expect(notes).toEqual([idOf(1), idOf(2), newer, idOf(3, { emitter: 'emitter2', seq: 1 })]);
  });

  it('goes on after what has arrived, while that is still handled; once, when it comes again', async () => {
    const client = fixture.connect();
    const slow = deferred();
    const seen: unknown[] = [];
    client.on('note', (data) => {
      seen.push(data);
      return slow.promise;
    });
    const first = await fixture.gateway.connection(1);
    first
      .ready([joined('a', idOf(0))])
      .durable('a', idOf(1))
      .durable('a', idOf(2))
      .live('end', 0);
    const end = fixture.collect(client, 'end');
    await waitFor('the end', () => end.length === 1);
    first.cut();
    const second = await fixture.gateway.connection(2);
    expect(second.auth.positions).toEqual({ a: idOf(2) });
    second.durable('a', idOf(1)).durable('a', idOf(2)).durable('a', idOf(3)).ready();
    await untilState(client, 'ready');
    expect([seen, client.positions]).toEqual([[idOf(1)], { a: idOf(0) }]);
    slow.resolve();
    await waitFor('the position', () => client.positions.a === idOf(3));
    expect(seen).toEqual([idOf(1), idOf(2), idOf(3)]);
  });

  it('does not make events without a handler come again and again', async () => {
    const client = fixture.connect();
    const first = await fixture.gateway.connection(1);
    first
      .ready([joined('a', idOf(0))])
      .durable('a', idOf(1), 'later')
      .live('end', 0);
    const end = fixture.collect(client, 'end');
    await waitFor('the end', () => end.length === 1);
    first.cut();
    expect((await fixture.gateway.connection(2)).auth.positions).toEqual({ a: idOf(1) });
    expect(client.positions).toEqual({ a: idOf(0) });
    const later = fixture.collect(client, 'later');
    await waitFor('the position', () => client.positions.a === idOf(1));
    expect(later).toEqual([idOf(1)]);
  });

  it('takes over the position of a gap, and of a position that cannot be one', async () => {
    const client = fixture.connect();
    client.onGap(() => undefined);
    (await fixture.gateway.connection(1)).ready([joined('a', 'p'), joined('b', 'broken')]).cut();
    const second = await fixture.gateway.connection(2);
    second.gap('a', 'trimmed', 'q').ready([joined('a', 'r'), joined('b', 's', { code: 'INVALID_POSITION' })]);
    await untilState(client, 'ready');
    expect(client.positions).toEqual({ a: 'q', b: 's' });
    expect(fixture.errors).toMatchObject([{ code: 'INVALID_POSITION', room: 'b' }]);
    second.cut();
    expect((await fixture.gateway.connection(3)).auth.positions).toEqual({ a: 'q', b: 's' });
  });

  it('keeps the position of a gap before an event that still waits and comes again', async () => {
    const client = fixture.connect();
    client.onGap(() => undefined);
    const first = await fixture.gateway.connection(1);
    first
      .ready([joined('a', 'p')])
      .durable('a', idOf(1), 'later')
      .cut();
    const second = await fixture.gateway.connection(2);
    second.gap('a', 'trimmed', 'q').durable('a', idOf(1), 'later').ready();
    await untilState(client, 'ready');
    expect(client.positions).toEqual({ a: 'q' });
    const later = fixture.collect(client, 'later');
    await waitFor('the position', () => client.positions.a === idOf(1));
    expect(later).toEqual([idOf(1)]);
  });

  it('forgets a room that is refused, and says so', async () => {
    const client = fixture.connect();
    (await fixture.gateway.connection(1)).ready([joined('a', 'p'), joined('b', 'q')]).cut();
    (await fixture.gateway.connection(2))
      .ready([joined('a', 'p'), { room: 'b', ok: false, code: 'ROOM_FORBIDDEN' }])
      .cut();
    expect((await fixture.gateway.connection(3)).auth.positions).toEqual({ a: 'p' });
    expect(client.positions).toEqual({ a: 'p' });
    expect(fixture.errors).toMatchObject([{ code: 'ROOM_FORBIDDEN', room: 'b' }]);
  });

  it('drops its positions when it is another user, and goes on in rooms of both', async () => {
    const client = fixture.connect();
    const notes = fixture.collect(client);
    const first = await fixture.gateway.connection(1);
    first.ready([joined('user:ada', 'u'), joined('a', 'p'), joined('b', 'q')]).durable('a', idOf(1));
    await waitFor('the event', () => client.positions.a === idOf(1));
    first.cut();
    const second = await fixture.gateway.connection(2);
    expect(second.auth.for).toBe('ada');
    second.ready([joined('user:bob', 'v'), joined('a', 'r')], 'bob');
    await waitFor('the other user', () => client.userId === 'bob');
    expect(client.positions).toEqual({ 'user:bob': 'v', a: 'r' });
    second.cut();
    const { auth } = await fixture.gateway.connection(3);
    expect([auth.for, auth.positions]).toEqual(['bob', { 'user:bob': 'v', a: 'r' }]);
    expect(notes).toEqual([idOf(1)]);
  });

  it('names a hundred rooms when it connects, and joins the others afterwards', async () => {
    const rooms = Array.from({ length: 103 }, (_, index) => `room ${index}`);
    const client = fixture.connect({ rooms });
    const connection = await fixture.gateway.connection(1);
    expect(connection.auth.rooms).toEqual(rooms.slice(0, 100));
    connection.ready(rooms.slice(0, 100).map((room) => joined(room, 'p')));
    await waitFor('the others', () => Object.keys(client.positions).length === 103);
    expect(connection.requests.map(({ request }) => request)).toEqual(
      rooms.slice(100).map((room) => ({ room })),
    );
  });
});
