import { RedisIoAdapter, SocketAuthenticator, type AuthenticatedUser } from 'nestjs-socket-gateway';
import type { Namespace, Socket } from 'socket.io';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket } from '../../../support/raw-socket.js';
import { waitFor } from '../../../support/wait-for.js';

/** Answers when it is told to; the token is who somebody is. */
class WaitingAuthenticator extends SocketAuthenticator {
  static waiting: (() => void)[] = [];

  override authenticate({ handshake }: Socket): Promise<AuthenticatedUser> {
    const user = { id: String(handshake.auth['token']), claims: {} };
    return new Promise((resolve) => WaitingAuthenticator.waiting.push(() => resolve(user)));
  }

  static answer(): void {
    for (const answer of WaitingAuthenticator.waiting.splice(0)) answer();
  }

  static asked(count: number): Promise<boolean> {
    return waitFor('the authenticator to be asked', () => WaitingAuthenticator.waiting.length === count);
  }
}

let server: LimitedServer;
let namespace: Namespace;
let raw: RawSocket;
beforeEach(async () => {
  WaitingAuthenticator.waiting = [];
  const limits = { connectionsPerUser: 1, connectionsPerUserKeeps: 'oldest' } as const;
  server = await startLimitedServer(limits, { classes: { authenticator: WaitingAuthenticator } });
  namespace = namespaceOf(server);
  raw = new RawSocket(server.url);
  await raw.next('0');
});
afterEach(async () => {
  raw.close();
  await server.stop();
});

const namespaceOf = ({ app }: LimitedServer): Namespace => app.get(RedisIoAdapter).namespace as Namespace;
const packets = (start: string): string[] => raw.packets.filter((packet) => packet.startsWith(start));

/** Whatever came before it has been handled. */
async function roundTrip(): Promise<void> {
  raw.send('420["gateway:leave",{"room":"nowhere"}]');
  await raw.next('430');
}

describe('A client that asks for a namespace again before it is answered', () => {
  it('is let in once, and hears everything once', async () => {
    for (let n = 0; n < 5; n++) raw.send('40{"token":"ada"}');
    await WaitingAuthenticator.asked(1);
    await waitFor('all to be read', () => server.limited('handshakes-twice') === 4);
    WaitingAuthenticator.answer();
    await raw.next('42["gateway:ready"');
    expect(namespace.sockets.size).toBe(1);
    namespace.emit('by-hand', 1);
    await server.gateway.emitToUser('ada', 'live', 1, { delivery: 'live' });
    await server.gateway.emitToUser('ada', 'kept', 1);
    await roundTrip();
    for (const start of ['40', '42["by-hand"', '42["live"', '42["kept"', '42["gateway:ready"'])
      expect([start, packets(start)]).toEqual([start, [expect.anything()]]);
  });

  it('leaves nothing behind when it leaves, or its connection ends', async () => {
    for (let n = 0; n < 2; n++) raw.send('40{"token":"ada"}');
    await WaitingAuthenticator.asked(1);
    WaitingAuthenticator.answer();
    await raw.next('42["gateway:ready"');
    raw.send('41');
    await waitFor('it to have left', () => namespace.sockets.size === 0);
    expect([...namespace.adapter.rooms.keys()]).toEqual([]);
    // It may come again, and is one connection of its user all the while.
    raw.send('40{"token":"ada"}');
    await WaitingAuthenticator.asked(1);
    WaitingAuthenticator.answer();
    await waitFor('it to be back', () => packets('42["gateway:ready"').length === 2);
    raw.close();
    await waitFor('it to be gone', () => namespace.sockets.size === 0);
    expect([...namespace.adapter.rooms.keys()]).toEqual([]);
    const next = new RawSocket(server.url);
    await next.next('0');
    next.send('40{"token":"ada"}');
    await WaitingAuthenticator.asked(1);
    WaitingAuthenticator.answer();
    await next.next('42["gateway:ready"');
    next.close();
  });

  it('with another token begins anew, and is nobody meanwhile', async () => {
    raw.send('40{"token":"ada"}');
    raw.send('40{"token":"bob"}');
    await WaitingAuthenticator.asked(1);
    await raw.closed();
    WaitingAuthenticator.answer();
    await waitFor(
      'nobody to be undecided about',
      () => (namespace['_preConnectSockets'] as Map<string, Socket>).size === 0,
    );
    expect(namespace.sockets.size).toBe(0);
    expect(packets('4')).toEqual([]);
    expect(server.limited('handshakes-twice')).toBe(1);
  });

  it('is let in at its next attempt when the first was refused', async () => {
    raw.send('40{"token":""}');
    await WaitingAuthenticator.asked(1);
    WaitingAuthenticator.answer();
    await raw.next('44');
    raw.send('40{"token":"ada"}');
    await WaitingAuthenticator.asked(1);
    WaitingAuthenticator.answer();
    await raw.next('42["gateway:ready"');
    expect(server.limited('handshakes-twice')).toBe(0);
  });
});
