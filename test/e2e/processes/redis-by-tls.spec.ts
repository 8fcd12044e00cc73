import { startServer, startWorker, type SentResult } from '../../support/gateway-processes.js';
import { TlsRedis } from '../../support/redis/tls-redis.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';

const resources = new Resources();

afterAll(() => resources.stop());

describe('A Redis that is reached by TLS', () => {
  it('is used by processes that were given its URL, and Node its certificate', async () => {
    const redis = resources.add(await TlsRedis.start());
    const env = {
      REDIS_URL: redis.url,
      NODE_EXTRA_CA_CERTS: redis.certificateFile,
      SOCKET_REDIS_CHANNEL: uniquePrefix(),
    };
    const server = await startServer(resources, env);
    const worker = await startWorker(resources, env);
    const ada = await server.connect('ada');
    expect(await worker.call<SentResult>('emitToUser', 'ada', 'hello', 1)).toMatchObject({
      status: 'published',
      servers: 1,
    });
    expect(await ada.received('hello')).toEqual([1]);
  }, 60_000);
});
