import { resolve } from 'node:path';
import { queueOptions } from '../../../src/demo/imports/index.js';
import { readDemoConfig } from '../../../src/demo/settings/index.js';

describe('readDemoConfig', () => {
  it('has a default for everything, and takes empty variables for unset ones', () => {
    const defaults = {
      redisUrl: undefined,
      queuePrefix: 'socket-gateway:bull',
      namespace: '/',
      jwtSecret: undefined,
      maxUploadBytes: 512 * 1024 * 1024,
      uploadDir: resolve('.data/uploads'),
      mailAfterMs: 10_000,
      pauseMs: 0,
      host: '127.0.0.1',
      port: 3000,
    };
    expect(readDemoConfig({})).toEqual(defaults);
    expect(readDemoConfig({ REDIS_URL: '', PORT: ' ', JWT_SECRET: '', MAX_UPLOAD_BYTES: '' })).toEqual(
      defaults,
    );
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['MAX_UPLOAD_BYTES', '512MB'],
    ['MAX_UPLOAD_BYTES', '-1'],
    ['MAIL_AFTER_MS', '0'],
    ['DEMO_PAUSE_MS', '60001'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readDemoConfig({ [name]: value })).toThrow(name);
  });
});

describe('queueOptions', () => {
  it('reads everything that a URL can say', () => {
    expect(queueOptions('rediss://me:p%40ss@[::1]:7000/3', 'p', 'consume')?.redis).toMatchObject({
      host: '::1',
      port: 7000,
      username: 'me',
      password: 'p@ss',
      db: 3,
      tls: {},
    });
    expect(queueOptions('redis://localhost', 'p', 'consume')?.redis).toMatchObject({
      host: 'localhost',
      port: 6379,
      db: 0,
    });
  });

  it.each(['', 'localhost:6379', 'http://localhost', 'redis://', 'redis://localhost/one'])(
    'has none for %j',
    (url) => {
      expect(queueOptions(url, 'p', 'produce')).toBeUndefined();
    },
  );

  it('never lets a producer wait for Redis', () => {
    expect(queueOptions('redis://localhost', 'p', 'produce')?.redis).toMatchObject({
      enableOfflineQueue: false,
    });
  });
});
