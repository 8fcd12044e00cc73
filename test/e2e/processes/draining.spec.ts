import { jest } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connectGateway } from 'nestjs-socket-gateway/client';
import type { DrainingMessage } from 'nestjs-socket-gateway/contract';
import { connectClient, TestClient } from '../../support/connect-client.js';
import { startDrainingServer, type DrainingServer } from '../../support/draining-server.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { recordTrial } from '../../chaos/support/trials.js';

jest.setTimeout(40_000);

const resources = new Resources();
afterEach(() => resources.stop());

const isDraining = ({ url }: DrainingServer): Promise<boolean> =>
  waitFor('it to say that it drains', async () => (await fetch(`${url}/ready`)).status === 503);

async function upgradeStatus(url: string): Promise<number | undefined> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('A server that is told to end', () => {
  it('tells each client when to leave, one after the other, lets nobody in, and ends with code 0', async () => {
    const server = await startDrainingServer(resources, { DRAIN_MS: '6000' });
    const clients = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        resources.add(await connectClient(server.url, `user${index}`)),
      ),
    );
    const left: number[] = [];
    for (const { socket } of clients) {
      socket.on('disconnect', (reason) => {
        expect(reason).toBe('transport close');
        left.push(performance.now());
      });
    }
    const began = performance.now();
    const ended = server.app.terminate();
    await isDraining(server);
    // What serves the clients is still there.
    expect(await (await fetch(`${server.url}/ready`)).text()).toBe('true');
    expect((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(503);
    expect(await upgradeStatus(server.url)).toBe(503);
    const late = resources.add(new TestClient(server.url, { auth: { token: signToken('late') } }));
    await waitFor('the late one to be refused', () => late.refusals.length > 0);
    // It may try again: it was not refused for good.
    expect(late.refusals[0]?.data).toBeUndefined();
    const told = await Promise.all(
      clients.map(async (client) => (await client.received('gateway:draining'))[0] as DrainingMessage),
    );
    const slots = told.map(({ reconnectInMs }) => reconnectInMs).sort((a, b) => a - b);
    const steps = slots.slice(1).map((slot, index) => slot - (slots[index] as number));
    expect(Math.min(...steps)).toBeGreaterThan(100);
    expect(Math.max(...slots)).toBeLessThan(6000);
    const { code, ms } = await ended;
    expect(code).toBe(0);
    expect(ms).toBeLessThan(6000 + 6000);
    await waitFor('all to be disconnected', () => left.length === 10);
    // In batches: not all at once, neither at the beginning nor at the end.
    expect((left.at(-1) as number) - (left[0] as number)).toBeGreaterThan(1000);
    expect((left[0] as number) - began).toBeLessThan(6000);
    expect(server.app.lines('Draining: 10 connections leave within 6000 ms.')).toHaveLength(1);
    recordTrial({
      trial: 'A server is told to end',
      extent: 'drainMs 6000, 10 clients that do not leave by themselves',
      result: `told to leave between ${Math.min(...slots)} and ${Math.max(...slots)} ms, disconnected in batches; newcomers refused with 503; exit code ${code} after ${ms.toFixed(0)} ms`,
    });
    expect(server.app.lines(/Drained in .* s: 0 left, 10 were disconnected/)).toHaveLength(1);
  });

  it('refuses namespaces on connections that it has, with a code that means to try again', async () => {
    const server = await startDrainingServer(resources, { DRAIN_MS: '20000' });
    const ada = resources.add(await connectClient(server.url, 'ada'));
    const ended = server.app.terminate();
    await isDraining(server);
    const other = ada.socket.io.socket('/other', { auth: { token: signToken('ada') } });
    const refused = new Promise<Error & { data?: unknown }>((resolve) =>
      other.once('connect_error', resolve),
    );
    other.connect();
    expect((await refused).data).toEqual({ code: 'SERVER_DRAINING' });
    ada.stop();
    expect((await ended).code).toBe(0);
  });

  it('ends at once when nobody is connected, and as soon as the last has left', async () => {
    const [empty, full] = await Promise.all([
      startDrainingServer(resources, { DRAIN_MS: '60000' }),
      startDrainingServer(resources, { DRAIN_MS: '60000' }),
    ]);
    const left = await empty.app.terminate();
    expect(left.code).toBe(0);
    expect(left.ms).toBeLessThan(10_000);
    const ada = resources.add(await connectClient(full.url, 'ada', { transports: ['polling'] }));
    const ended = full.app.terminate();
    await ada.received('gateway:draining');
    ada.stop();
    const { code, ms } = await ended;
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
  });

  it('is left by clients of connectGateway when it said so, who miss nothing of what is emitted meanwhile', async () => {
    const redis = resources.add(await RedisProcess.start());
    const [first, second] = await Promise.all([
      startDrainingServer(resources, { DRAIN_MS: '6000', REDIS_URL: redis.url }),
      startDrainingServer(resources, { REDIS_URL: redis.url }),
    ]);
    const entrance = resources.add(await TcpProxy.start(first.port));
    const seen: number[][] = [];
    const clients = Array.from({ length: 5 }, (_, index) => {
      const events: number[] = [];
      seen.push(events);
      const client = connectGateway(`http://127.0.0.1:${entrance.port}`, {
        token: signToken(`user${index}`),
        socketOptions: { transports: ['websocket'] },
      });
      client.on('tick', (data) => void events.push(data as number));
      client.start();
      resources.add({ stop: () => client.close() });
      return client;
    });
    await waitFor('all to be ready', () => clients.every(({ state }) => state === 'ready'));
    entrance.leadTo(second.port);
    const ended = first.app.terminate();
    let emitted = 0;
    const users = clients.map((_, index) => `user${index}`);
    while (first.app.isRunning) {
      await second.app.call('emitToUsers', users, 'tick', emitted++, { delivery: 'durable' });
    }
    expect((await ended).code).toBe(0);
    expect(first.app.lines(/Drained in .* s: 5 left, 0 were disconnected/)).toHaveLength(1);
    await waitFor('everything to arrive', () => seen.every((events) => events.length >= emitted));
    const all = Array.from({ length: emitted }, (_, index) => index);
    for (const events of seen) expect(events).toEqual(all);
  });
});
