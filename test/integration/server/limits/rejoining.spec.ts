import { WebSocketGateway } from '@nestjs/websockets';
import { Manager, type Socket } from 'socket.io-client';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket, textFrame } from '../../../support/raw-socket.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

@WebSocketGateway({ namespace: '/board' })
class BoardGateway {}

const auth = { token: signToken('ada') };
const JOIN = `40${JSON.stringify(auth)}`;

let server: LimitedServer;
beforeEach(async () => {
  server = await startLimitedServer(
    { handshakeTimeoutMs: 2000 },
    { metadata: { providers: [BoardGateway] } },
  );
});
afterEach(() => server.stop());

describe('A client that leaves a namespace and joins it again at once', () => {
  it.each(['websocket', 'polling'])(
    'keeps its connection and its other namespaces, over %s',
    async (name) => {
      const manager = new Manager(server.url, { transports: [name] });
      const [own, board] = [manager.socket('/', { auth }), manager.socket('/board', { auth })];
      const heard: string[] = [];
      const watch = (socket: Socket, called: string): unknown =>
        socket.on('disconnect', () => heard.push(called));
      watch(own, 'own');
      watch(board, 'board');
      own.connect();
      board.connect();
      await waitFor('both namespaces', () => own.connected && board.connected);
      const { id } = manager.engine as unknown as { id: string };
      for (let n = 0; n < 3; n++) {
        own.disconnect().connect();
        await waitFor('the namespace again', () => own.connected);
      }
      const received = new Promise((resolve) => own.once('news', resolve));
      await server.gateway.emitToUser('ada', 'news', 1);
      expect(await received).toBe(1);
      expect(heard).toEqual(['own', 'own', 'own']);
      expect((manager.engine as unknown as { id: string }).id).toBe(id);
      manager._close();
    },
  );

  it('keeps its connection when both come in one packet of the network, again and again', async () => {
    const raw = await RawSocket.connect(server.url, auth);
    for (let n = 0; n < 5; n++) {
      raw.packets.length = 0;
      raw.tcp.write(Buffer.concat([textFrame('41'), textFrame(JOIN)]));
      await raw.next('42["gateway:ready"');
    }
    expect(raw.isClosed).toBe(false);
    raw.close();
  });

  it('keeps its connection when both come in one request of a client that polls', async () => {
    const base = `${server.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(base)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const post = (body: string): Promise<Response> => fetch(`${base}&sid=${sid}`, { method: 'POST', body });
    const poll = async (): Promise<string> => (await fetch(`${base}&sid=${sid}`)).text();
    await post(JOIN);
    await waitFor('the namespace', async () => (await poll()).includes('gateway:ready'));
    expect((await post(`41\x1e${JOIN}`)).status).toBe(200);
    await waitFor('the namespace again', async () => (await poll()).includes('gateway:ready'));
  });

  it('is closed in time when it may not join again', async () => {
    const raw = await RawSocket.connect(server.url, auth);
    raw.tcp.write(Buffer.concat([textFrame('41'), textFrame('40{"token":"none"}')]));
    await raw.next('44');
    expect(raw.isClosed).toBe(false);
    await raw.closed();
    expect(server.limited('handshake')).toBe(1);
  });
});
