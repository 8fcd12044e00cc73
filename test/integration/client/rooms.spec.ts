import { waitFor } from '../../support/wait-for.js';
import { ClientFixture, untilState } from './support/client-fixture.js';
import { idOf, joined } from './support/scripted-gateway.js';

let fixture: ClientFixture;
beforeEach(async () => (fixture = await ClientFixture.start()));
afterEach(() => fixture.stop());

describe('join', () => {
  it('asks the server, and the room is joined again after a reconnect, where it was', async () => {
    const client = fixture.connect();
    const first = (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    await expect(client.join('a')).resolves.toEqual(joined('a', idOf(0)));
    expect(first.requests).toEqual([{ name: 'gateway:join', request: { room: 'a' } }]);
    first.cut();
    expect((await fixture.gateway.connection(2)).auth.positions).toEqual({ a: idOf(0) });
  });

  it('waits for a connection when there is none, and is settled by what ready says', async () => {
    const client = fixture.connect({ autoStart: false });
    const good = client.join('a', { position: 'p' });
    const bad = client.join('b');
    const refused = expect(bad).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN', room: 'b' });
    client.start();
    const first = await fixture.gateway.connection(1);
    expect(first.auth).toMatchObject({ positions: { a: 'p' }, rooms: ['b'] });
    first.ready([joined('a', 'q', { recovered: true }), { room: 'b', ok: false, code: 'ROOM_FORBIDDEN' }]);
    await expect(good).resolves.toMatchObject({ recovered: true });
    await refused;
    expect([client.positions, fixture.codes]).toEqual([{ a: 'p' }, []]);
  });

  it('asks after ready when it was called on the way there', async () => {
    const client = fixture.connect();
    const connection = await fixture.gateway.connection(1);
    const joining = client.join('a');
    connection.ready();
    await expect(joining).resolves.toEqual(joined('a', idOf(0)));
  });

  it('is settled on the next connection when the answer is lost', async () => {
    fixture.gateway.reply = () => undefined;
    const client = fixture.connect();
    const first = (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    const joining = client.join('a');
    await waitFor('the request', () => first.requests.length === 1);
    first.cut();
    const second = await fixture.gateway.connection(2);
    expect(second.auth.rooms).toEqual(['a']);
    second.ready([joined('a', 'p')]);
    await expect(joining).resolves.toEqual(joined('a', 'p'));
  });

  it.each([
    [{ position: 'p' }, { position: 'p' }],
    [{ rewind: 3 }, { rewind: 3 }],
    [{}, { rewind: 7 }],
  ])('begins where %j says', async (options, sent) => {
    const client = fixture.connect({ rewind: 7 });
    const connection = (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    await client.join('a', options);
    expect(connection.requests).toEqual([{ name: 'gateway:join', request: { room: 'a', ...sent } }]);
  });

  it('with a rewind of its own, before there is a connection, keeps it', async () => {
    const client = fixture.connect({ autoStart: false });
    void client.join('a', { rewind: 'all' });
    client.start();
    const connection = await fixture.gateway.connection(1);
    expect(connection.auth).not.toHaveProperty('rewind');
    expect(connection.auth.rooms).toEqual([]);
    connection.ready();
    await waitFor('the request', () => connection.requests.length === 1);
    expect(connection.requests[0]?.request).toEqual({ room: 'a', rewind: 'all' });
  });

  it('asks for the name as the server knows it', async () => {
    const client = fixture.connect();
    const connection = (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    await client.join('cafe\u0301');
    expect(connection.requests[0]?.request.room).toBe('caf\u00e9');
  });

  it.each(['ROOM_FORBIDDEN', 'INVALID_ROOM', 'UNAVAILABLE'] as const)(
    'rejects with %s, and the room is not asked for again',
    async (code) => {
      fixture.gateway.reply = () => ({ ok: false, code });
      const client = fixture.connect();
      const first = (await fixture.gateway.connection(1)).ready();
      await untilState(client, 'ready');
      await expect(client.join('a')).rejects.toMatchObject({ name: 'GatewayClientError', code, room: 'a' });
      first.cut();
      const { auth } = await fixture.gateway.connection(2);
      expect([auth.rooms, auth.positions, fixture.codes]).toEqual([[], {}, []]);
    },
  );

  it('is tried again for a room that the client was in, when it could not be decided', async () => {
    const client = fixture.connect({ rooms: ['a'] });
    const connection = await fixture.gateway.connection(1);
    connection.ready([{ room: 'a', ok: false, code: 'UNAVAILABLE' }]);
    await waitFor('the room', () => client.positions.a === idOf(0));
    expect(fixture.errors).toMatchObject([{ code: 'UNAVAILABLE', room: 'a' }]);
  });

  it('rejects when the client is closed', async () => {
    const client = fixture.connect({ autoStart: false });
    const joining = expect(client.join('a')).rejects.toMatchObject({ code: 'CLOSED' });
    client.close();
    await joining;
  });
});

describe('leave', () => {
  it('asks the server, and forgets the room and what comes of it until the answer', async () => {
    const client = fixture.connect();
    fixture.collect(client);
    const first = (await fixture.gateway.connection(1)).ready([joined('a', 'p'), joined('b', 'q')]);
    await untilState(client, 'ready');
    fixture.gateway.reply = (_, { room }) => {
      first.durable('a', idOf(1));
      return { ok: true, room };
    };
    await client.leave('a');
    expect(client.positions).toEqual({ b: 'q' });
    first.cut();
    expect((await fixture.gateway.connection(2)).auth).toMatchObject({ positions: { b: 'q' }, rooms: [] });
  });

  it('of a room that must stay rejects, and it stays', async () => {
    fixture.gateway.reply = () => ({ ok: false, code: 'ROOM_FORBIDDEN' });
    const client = fixture.connect();
    (await fixture.gateway.connection(1)).ready([joined('user:ada', 'p')]);
    await untilState(client, 'ready');
    await expect(client.leave('user:ada')).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN' });
    expect(client.positions).toEqual({ 'user:ada': 'p' });
  });

  it('is done at once without a connection, and rejects a join that waits', async () => {
    const client = fixture.connect({ autoStart: false });
    const joining = expect(client.join('a')).rejects.toMatchObject({ code: 'CLOSED' });
    await client.leave('a');
    await joining;
    client.start();
    expect((await fixture.gateway.connection(1)).auth.rooms).toEqual([]);
  });

  it('on the way to be ready is asked for afterwards', async () => {
    const client = fixture.connect({ rooms: ['a'] });
    const connection = await fixture.gateway.connection(1);
    const leaving = client.leave('a');
    connection.ready([joined('a', 'p')]);
    await leaving;
    expect(connection.requests).toEqual([{ name: 'gateway:leave', request: { room: 'a' } }]);
    expect(client.positions).toEqual({});
  });

  it('is done when the connection ends before the answer', async () => {
    fixture.gateway.reply = () => undefined;
    const client = fixture.connect();
    const first = (await fixture.gateway.connection(1)).ready([joined('a', 'p')]);
    await untilState(client, 'ready');
    const leaving = client.leave('a');
    await waitFor('the request', () => first.requests.length === 1);
    first.cut();
    await leaving;
    expect((await fixture.gateway.connection(2)).auth.positions).toEqual({});
  });

  it('followed by a join is in the room', async () => {
    const client = fixture.connect();
    const connection = (await fixture.gateway.connection(1)).ready([joined('a', 'p')]);
    await untilState(client, 'ready');
    const leaving = client.leave('a');
    await client.join('a');
    await leaving;
    expect(connection.requests.map(({ name }) => name)).toEqual(['gateway:leave', 'gateway:join']);
    expect(client.positions).toEqual({ a: 'p' });
  });

  it('followed by a join, on the way to be ready, is in the room', async () => {
    const client = fixture.connect({ rooms: ['a'] });
    const connection = await fixture.gateway.connection(1);
    const leaving = client.leave('a');
    const joining = client.join('a');
    await leaving;
    connection.ready([joined('a', 'p')]);
    expect((await joining).position).toBe('p');
    await untilState(client, 'ready');
    await client.join('b');
    expect(connection.requests.map(({ name, request }) => [name, request.room])).toEqual([
      ['gateway:join', 'b'],
    ]);
    expect(client.positions).toMatchObject({ a: 'p' });
  });

  it('followed by a join is in the room on the next connection, when this one ends before it says so', async () => {
    fixture.gateway.reply = () => undefined;
    const client = fixture.connect();
    const first = (await fixture.gateway.connection(1)).ready([joined('a', 'p')]);
    await untilState(client, 'ready');
    const leaving = client.leave('a');
    const joining = client.join('a');
    await leaving;
    await waitFor('the requests', () => first.requests.length === 2);
    first.cut();
    const second = await fixture.gateway.connection(2);
    expect(second.auth.positions).toEqual({ a: 'p' });
    second.ready([joined('a', 'p')]);
    expect((await joining).position).toBe('p');
  });
});
