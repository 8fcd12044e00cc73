import { TestClient } from '../../support/connect-client.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
afterEach(() => resources.stop());

async function visit(server: DemoServer, user: string): Promise<TestClient> {
  const auth = { token: await server.login(user), rewind: 'all' };
  const client = resources.add(new TestClient(server.url, { auth }));
  await client.received('gateway:ready');
  return client;
}

describe('an import that ends while nobody is there', () => {
  it('is told by e-mail, once, and the page is told so when it is opened', async () => {
    const redis = resources.add(await RedisProcess.start());
    const env = { REDIS_URL: redis.url, MAIL_AFTER_MS: '300' };
    const server = resources.add(await DemoServer.start(env));
    const other = resources.add(await DemoServer.start(env));
    resources.add(await DemoWorker.start(server.config));
    const { body } = await server.import({ 'b.csv': 'a\n1\n' }, ['airports.csv'], await server.login('ada'));
    await waitFor(
      'the e-mail',
      async () => (await visit(other, 'ada')).payloads('sheet:sync:mailed').length > 0,
      15_000,
    );
    const ada = await visit(server, 'ada');
    expect(ada.payloads('sheet:sync:mailed')).toMatchObject([
      { importId: body.importId, subject: 'Your import of b.csv and 1 more is done' },
    ]);
    expect((await visit(server, 'grace')).payloads('sheet:sync:mailed')).toEqual([]);
  }, 40_000);
});
