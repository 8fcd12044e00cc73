import { Redis } from 'ioredis';
import { RoomKeys } from '../../../src/room-log/index.js';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { TestClient } from '../../support/connect-client.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const PASSWORD = 'secret-password';
const PAYLOAD = 'secret-payload';
const TOKEN = 'secret-token';

const resources = new Resources();
afterAll(() => resources.stop());

describe('No line of the log', () => {
  it.each(['text', 'fields'] as const)(
    'has a token, a payload or a password in it, whatever goes wrong: as %s',
    async (logFormat) => {
      const logger = new RecordingLogger();
      const redis = resources.add(await RedisProcess.start({ password: PASSWORD }));
      const prefix = uniquePrefix();
      const options = {
        redis: redis.url,
        prefix,
        emitTimeoutMs: 500,
        maxPayloadBytes: 2000,
        shutdownTimeoutMs: 0,
        logFormat,
      };
      const auth = { jwt: { secret: 'another secret, long enough for it', algorithms: ['HS256' as const] } };
      const server = await startServerApplication(resources, options, { logger });
      const { emitter, app } = await startWorkerApplication(resources, options, { logger });
      const wrong = { ...options, redis: `redis://:${TOKEN}@127.0.0.1:${redis.port}` };
      const locked = await startWorkerApplication(resources, wrong, { logger });
      expect(await locked.emitter.emitToUser('ann', 'event', PAYLOAD)).toMatchObject({ status: 'queued' });
      const stranger = await startServerApplication(resources, { ...options, auth }, { logger });

      const ann = await server.connect('ann');
      const good = signToken('ann', { note: TOKEN });
      const tokens = [TOKEN, `${TOKEN}.${TOKEN}.${TOKEN}`, signToken('ann', { exp: 1, note: TOKEN }), good];
      for (const url of [server.url, stranger.url]) {
        for (const token of tokens) {
          const client = resources.add(new TestClient(url, { auth: { token } }));
          if (url === stranger.url || token !== good) await client.refused();
        }
        const inUrl = new TestClient(url, { query: { token: TOKEN, access_token: TOKEN } });
        await resources.add(inUrl).refused();
      }
      for (const token of [TOKEN, good, signToken('bob', { note: TOKEN })])
        await ann.socket.timeout(5000).emitWithAck('gateway:refresh', { token });

      const circular: Record<string, unknown> = { card: PAYLOAD };
      circular['self'] = circular;
      const throwing = {
        toJSON: (): never => {
          throw new Error(PAYLOAD);
        },
      };
      for (const data of [
        PAYLOAD.repeat(1000),
        circular,
        { card: PAYLOAD, id: 1n },
        new Map([[PAYLOAD, 1]]),
        throwing,
      ])
        expect(await emitter.emitToUser('ann', 'event', data)).toMatchObject({ status: 'failed' });

      const raw = new Redis(redis.url);
      resources.add({ stop: () => raw.disconnect() });
      const keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
      await raw.publish(keys.channel('user:ann'), PAYLOAD);
      await raw.publish(`${prefix}#/#user:ann#`, PAYLOAD);
      await raw.publish(`${prefix}-request#/#`, `{"${PAYLOAD}`);
      await raw.set(keys.log('user:eve'), PAYLOAD);
      expect(await emitter.emitToUser('eve', 'event', PAYLOAD)).toMatchObject({ status: 'failed' });

      await emitter.emitToUser('ann', 'event', PAYLOAD);
      await ann.received('event');
      await redis.kill();
      expect(await emitter.emitToUser('ann', 'event', PAYLOAD)).toMatchObject({ status: 'queued' });
      await emitter.emitToUser('ann', 'event', PAYLOAD, { delivery: 'live' });
      await app.close();
      await waitFor('the lines', () => logger.output.includes('is away (subscribe)'));

      for (const said of [
        'TOKEN_INVALID',
        'TOKEN_EXPIRED',
        'A refresh was refused',
        'PAYLOAD_TOO_LARGE',
        'INVALID_EVENT',
        'dropped',
        'REDIS_REFUSED',
      ])
        expect(logger.output).toContain(said);
      const secrets = [PASSWORD, PAYLOAD, TOKEN, good, good.split('.')[2] as string];
      expect(logger.lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
    },
  );
});
