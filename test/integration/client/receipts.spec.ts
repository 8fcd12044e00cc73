import { setTimeout as delay } from 'node:timers/promises';
import { ClientFixture, deferred, untilState } from './support/client-fixture.js';
import { idOf, joined, type ScriptedConnection } from './support/scripted-gateway.js';
import { waitFor } from '../../support/wait-for.js';

const ROOM = 'user:ada';
/** One event, and what it is after Redis had forgotten it and its emitter has sent it again. */
const FIRST = idOf(1);
const AGAIN = idOf(9, { seq: 1, salt: 'again' });

let fixture: ClientFixture;
let acknowledged: string[];
beforeEach(async () => {
  fixture = await ClientFixture.start();
  acknowledged = [];
  fixture.gateway.onConnection = ({ socket }) => {
    socket.on('gateway:ack', ({ id }: { id: string[] }, reply: (answer: object) => void) => {
      acknowledged.push(...id);
      reply({ ok: true });
    });
  };
});
afterEach(() => fixture.stop());

async function begin(handle: () => unknown): Promise<ScriptedConnection> {
  const client = fixture.connect();
  client.on('note', handle);
  client.on('last', () => undefined);
  const connection = (await fixture.gateway.connection(1)).ready([joined(ROOM, idOf(0))]);
  await untilState(client, 'ready');
  return connection;
}

function send(connection: ScriptedConnection, name: string, id: string): void {
  connection.socket.emit(name, null, { room: ROOM, id, confirm: true });
}

/** Resolves when everything before has been handled and acknowledged. */
async function end(connection: ScriptedConnection): Promise<void> {
  const last = idOf(10, { emitter: 'emitter2' });
  send(connection, 'last', last);
  await waitFor('the last event to be acknowledged', () => acknowledged.includes(last));
  acknowledged = acknowledged.filter((id) => id !== last);
}

describe('An event that arrives a second time, with another token, is acknowledged', () => {
  it('when it has been handled', async () => {
    let handled = 0;
    const connection = await begin(() => handled++);
    send(connection, 'note', FIRST);
    await waitFor('the first to be acknowledged', () => acknowledged.length === 1);
    send(connection, 'note', AGAIN);
    await end(connection);
    expect([handled, acknowledged]).toEqual([1, [FIRST, AGAIN]]);
  });

  it('not when its handler has failed', async () => {
    const connection = await begin(() => {
      throw new Error('no');
    });
    send(connection, 'note', FIRST);
    send(connection, 'note', AGAIN);
    await end(connection);
    expect([acknowledged, fixture.codes]).toEqual([[], ['HANDLER_FAILED']]);
  });

  it('not before its handler is done', async () => {
    const handling = deferred();
    const connection = await begin(() => handling.promise);
    send(connection, 'note', FIRST);
    send(connection, 'note', AGAIN);
    await delay(100);
    expect(acknowledged).toEqual([]);
    handling.resolve();
    await end(connection);
    expect(acknowledged).toEqual([FIRST]);
  });
});
