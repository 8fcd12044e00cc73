import { RawSocket } from '../../../support/raw-socket.js';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

const LARGE = 'x'.repeat(20_000);

let server: LimitedServer;
beforeEach(async () => {
  server = await startLimitedServer({});
});
afterEach(() => server.stop());

const slowCount = (): number => server.metrics.count('slow_consumers_total');

describe('A client that does not read', () => {
  it('is kept while only latest values come, and then gets the newest of each, before what came after them', async () => {
    const slow = await RawSocket.connect(server.url, { token: signToken('ada') });
    await slow.next('42["gateway:ready"');
    slow.tcp.pause();
    const count = 1500;
    for (let n = 1; n <= count; n++) {
      await server.gateway.emitToUser('ada', 'progress', { n, LARGE }, { delivery: 'latest' });
      await server.gateway.emitToUser('ada', 'step', { n }, { delivery: 'latest', key: `step ${n % 3}` });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.gateway.emitToUser('ada', 'done', null, { clears: 'progress' });
    slow.tcp.resume();
    await slow.next('42["done"');
    const progress = slow.packets.filter((packet) => packet.startsWith('42["progress"'));
    expect(progress.length).toBeLessThan(count);
    expect(progress.at(-1)).toContain(`{"n":${count},`);
    expect(slow.packets.at(-1)).toMatch(/^42\["done"/);
    expect(slow.packets.slice(-5).join()).toContain(`"step 0"`);
    expect(slowCount()).toBe(0);
    slow.close();
  }, 30_000);

  it('of events that the application emits by itself is disconnected too, and nobody else', async () => {
    const healthy = await server.connect('bob');
    const slow = await RawSocket.connect(server.url, { token: signToken('ada') });
    await slow.next('42["gateway:ready"');
    slow.tcp.pause();
    for (let n = 0; n < 1500 && slowCount() === 0; n++) {
      await server.gateway.broadcast('shout', LARGE);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor('it to be disconnected', () => slowCount() === 1);
    await server.gateway.broadcast('last', 1);
    await healthy.received('last');
    expect(healthy.disconnectCount).toBe(0);
    slow.close();
  }, 30_000);
});
