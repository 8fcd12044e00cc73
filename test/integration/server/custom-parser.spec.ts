import { WebSocketGateway } from '@nestjs/websockets';
import { connectGateway } from 'nestjs-socket-gateway/client';
import type { GapMessage } from 'nestjs-socket-gateway/contract';
import { startServerApplication } from '../../support/applications.js';
import * as parser from '../../support/buffer-parser.js';
import type { TestClient } from '../../support/connect-client.js';
import { joinedIn, positionIn } from '../../support/durable-server.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

@WebSocketGateway({ parser })
class OwnGateway {}

const resources = new Resources();
let server: GatewayApp;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  server = await startServerApplication(resources, { redis: redis.url }, { providers: [OwnGateway] });
});
afterEach(() => parser.Encoder.refused.clear());
afterAll(() => resources.stop());

const connect = (user: string, positions?: Record<string, string>): Promise<TestClient> =>
  server.connect(user, {
    parser,
    auth: { token: signToken(user), ...(positions && { positions }) },
    reconnection: true,
    reconnectionDelay: 10,
    reconnectionDelayMax: 20,
  });

async function emit(user: string, name: string, data: unknown, options?: object): Promise<void> {
  const result = await server.gateway.emitToUser(user, name, data, options);
  expect(result.status).toBe('published');
}

const gapsOf = (client: TestClient): GapMessage[] => client.payloads('gateway:gap') as GapMessage[];

describe('With a parser of the application', () => {
  it('live events, durable ones and latest values come, and what was missed comes later', async () => {
    const ann = await connect('ann');
    await emit('ann', 'live', { text: 'Köln' }, { delivery: 'live' });
    await emit('ann', 'number', 1);
    await emit('ann', 'share', 0.5, { delivery: 'latest', key: 'a' });
    await ann.received('share');
    expect(ann.payloads('live')).toEqual([{ text: 'Köln' }]);
    expect(ann.payloads('number')).toEqual([1]);
    const position = positionIn(ann, 'user:ann');
    ann.stop();
    await emit('ann', 'number', 2);
    await emit('ann', 'number', 3);
    const back = await connect('ann', { 'user:ann': position });
    await emit('ann', 'number', 4);
    expect(await back.received('number', 3)).toEqual([2, 3, 4]);
    expect(back.payloads('share')).toEqual([0.5]);
    expect(gapsOf(back)).toEqual([]);
  });

  it('a durable event that it cannot encode is announced as missing, and the next ones come', async () => {
    const [ben, witness] = [await connect('ben'), await connect('ben')];
    const position = positionIn(ben, 'user:ben');
    parser.Encoder.refused.add('unspeakable');
    await emit('ben', 'number', 1);
    await emit('ben', 'unspeakable', 2);
    await emit('ben', 'number', 3);
    const back = await connect('ben', { 'user:ben': position });
    expect(joinedIn(back, 'user:ben')).toMatchObject({ recovered: false, replayed: 2 });
    for (const client of [ben, witness, back]) {
      expect(await client.received('number', 2)).toEqual([1, 3]);
      expect(gapsOf(client)).toEqual([
        { room: 'user:ben', reason: 'unreadable', position: expect.any(String) as string },
      ]);
      const names = client.events.map(({ name }) => name).filter((name) => name !== 'gateway:ready');
      expect(names.slice(-3)).toEqual(['number', 'gateway:gap', 'number']);
    }
  });

  it('a latest value and a live event that it cannot encode reach nobody, and keep nothing from anybody', async () => {
    const cleo = await connect('cleo');
    parser.Encoder.refused.add('unspeakable');
    await server.gateway.emitToUser('cleo', 'unspeakable', 1, { delivery: 'latest', key: 'a' });
    await server.gateway.emitToUser('cleo', 'unspeakable', 2, { delivery: 'live' });
    await emit('cleo', 'share', 3, { delivery: 'latest', key: 'b' });
    await emit('cleo', 'live', 4, { delivery: 'live' });
    await emit('cleo', 'number', 5);
    await cleo.received('number');
    const told = cleo.events.filter(({ name }) => !name.startsWith('gateway:'));
    expect(told.map(({ args }) => args[0]).sort()).toEqual([3, 4, 5]);
    expect(gapsOf(cleo)).toEqual([]);
  });

  it('a gap that cannot be announced ends the connection, and is announced to the client that comes back', async () => {
    const other = positionIn(await connect('eve'), 'user:eve');
    parser.Encoder.refused.add('gateway:gap');
    const refusalCount = parser.Encoder.refusalCount;
    const connecting = connect('dan', { 'user:dan': other });
    await waitFor('a second attempt', () => parser.Encoder.refusalCount >= refusalCount + 2);
    parser.Encoder.refused.clear();
    const dan = await connecting;
    await dan.received('gateway:gap');
    expect(gapsOf(dan)).toEqual([
      { room: 'user:dan', reason: expect.any(String) as string, position: expect.any(String) as string },
    ]);
  });

  it('an event that it cannot encode, nor the gap, ends the connections, whose clients are told when it can', async () => {
    const told: unknown[] = [];
    const client = connectGateway(server.url, {
      token: () => signToken('fay'),
      socketOptions: { parser, transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 20 },
    });
    client.on('number', (number: unknown) => void told.push(number));
    client.onGap(({ reason }) => void told.push(reason));
    await waitFor('the client to be ready', () => client.state === 'ready');
    parser.Encoder.refused.add('unspeakable').add('gateway:gap');
    const refusalCount = parser.Encoder.refusalCount;
    await emit('fay', 'number', 1);
    await emit('fay', 'unspeakable', 2);
    await emit('fay', 'number', 3);
    // Twice of the first attempt, and twice of a second one.
    await waitFor('a second attempt', () => parser.Encoder.refusalCount >= refusalCount + 4);
    expect(told).toEqual([1]);
    parser.Encoder.refused.delete('gateway:gap');
    await waitFor('the rest', () => told.length >= 3);
    expect(told).toEqual([1, 'unreadable', 3]);
    client.close();
  });
});
