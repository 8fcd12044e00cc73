import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { CauseLog } from '../../../src/logging/index.js';
import { DEFAULT_ROOM_LOG_LIMITS, RedisRoomLog, RoomKeys } from '../../../src/room-log/index.js';
import { RecordingLogger } from '../recording-logger.js';
import { connectionTo } from './test-redis.js';

const SCOPE = { prefix: 'own', namespace: '/', database: 0 };

/** A log in a Redis that nobody else uses: its settings may be changed, it may be killed. */
export interface OwnRoomLog {
  readonly url: string;
  readonly log: RedisRoomLog;
  readonly keys: RoomKeys;
  /** For what the log does not do. */
  readonly redis: Redis;
  readonly kill: () => Promise<void>;
  /** Starts it again where it was, empty. */
  readonly startAgain: () => Promise<void>;
  /** Another log of the same rooms, as another user of Redis. */
  readonly as: (user: string, password: string) => { log: RedisRoomLog; close: () => Promise<void> };
  readonly stop: () => Promise<void>;
}

export async function startOwnRoomLog(): Promise<OwnRoomLog> {
  let server: RedisServer = await startRedisServer();
  const { url, port } = server;
  const redis = new Redis(url);
  const own = logAt(url);
  return {
    url,
    log: own.log,
    keys: new RoomKeys(SCOPE),
    redis,
    kill: () => server.kill(),
    startAgain: async () => {
      server = await startRedisServer({ port });
    },
    as: (username, password) => logAt(Object.assign(new URL(url), { username, password }).href),
    stop: async () => {
      redis.disconnect();
      await own.close();
      await server.stop();
    },
  };
}

function logAt(url: string): { log: RedisRoomLog; close: () => Promise<void> } {
  const connection = connectionTo(url);
  const causes = new CauseLog(new RecordingLogger());
  const log = new RedisRoomLog({ connection, scope: SCOPE, limits: DEFAULT_ROOM_LOG_LIMITS, causes });
  const close = async (): Promise<void> => {
    await connection.close();
    causes.close();
  };
  return { log, close };
}
