import { startServer, startWorker, type SentResult } from '../../support/gateway-processes.js';
import { published } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';

const resources = new Resources();
afterEach(() => resources.stop());

const PASSWORD = 'pa55-that-nobody-may-see';

const INVALID_URLS = [
  ['no URL at all', `not a url ${PASSWORD}`],
  ['another protocol', `https://user:${PASSWORD}@127.0.0.1:6379`],
  ['a port that there is not', `redis://user:${PASSWORD}@127.0.0.1:99999`],
  ['a database that is no number', `redis://user:${PASSWORD}@127.0.0.1:6379/first`],
  ['no host', `redis:///${PASSWORD}`],
  ['a password that cannot be decoded', `redis://user:${PASSWORD}%E0%A4%A@127.0.0.1:6379`],
] as const;

describe('With a REDIS_URL that is invalid', () => {
  it.each(INVALID_URLS)(
    '(%s) an error is logged without the password, and both processes start and run on',
    async (_, url) => {
      const [server, worker] = await Promise.all([
        startServer(resources, { REDIS_URL: url }),
        startWorker(resources, { REDIS_URL: url }),
      ]);

      const ann = await server.connect('ann');
      expect(await server.app.call<SentResult>('emitToUser', 'ann', 'own', 1)).toEqual(published(1));
      expect(await ann.received('own')).toEqual([1]);
      expect(await worker.call<SentResult>('emitToUser', 'ann', 'far', 1)).toEqual({
        status: 'failed',
        code: 'REDIS_NOT_CONFIGURED',
        retryable: false,
      });

      for (const app of [server.app, worker]) {
        expect(app.lines(/ERROR.*REDIS_URL/)).toHaveLength(1);
        expect(app.output).not.toContain(PASSWORD);
        expect(app.isRunning).toBe(true);
      }
    },
  );
});
