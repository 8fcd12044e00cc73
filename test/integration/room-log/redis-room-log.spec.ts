import { CauseLog } from '../../../src/logging/index.js';
import { RedisSubscriber } from '../../../src/redis/index.js';
import { RedisRoomLog, RoomKeys, parseRoomMessage, type RoomMessage } from '../../../src/room-log/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { connectionTo, sharedRedis } from '../../support/room-log/test-redis.js';
import { waitFor } from '../../support/wait-for.js';
import { describeRoomLog } from './room-log.contract.js';

describe('the log in Redis', () => {
  describeRoomLog(async (limits) => {
    const redis = await sharedRedis();
    const scope = { prefix: uniquePrefix(), namespace: '/', database: 0 };
    const causes = new CauseLog(new RecordingLogger());
    const connection = connectionTo(redis.url);
    const log = new RedisRoomLog({ connection, scope, limits, causes });

    const keys = new RoomKeys(scope);
    const heard = new Map<string, RoomMessage[]>();
    const subscriber = new RedisSubscriber(connectionTo(redis.url), causes);
    subscriber.onMessage((channel, message, pattern) => {
      const room = keys.roomOf(channel);
      const parsed = parseRoomMessage(message);
      if (pattern && room !== undefined && parsed) heard.set(room, [...(heard.get(room) ?? []), parsed]);
    });
    subscriber.subscribe('pattern', [`{${scope.prefix}#*`]);
    await waitFor('subscribed', () => subscriber.isReady);
    return {
      log,
      messages: (room) => heard.get(room) ?? [],
      stop: async () => {
        await Promise.all([subscriber.close(), connection.close()]);
        causes.close();
        await redis.stop();
      },
    };
  });
});
