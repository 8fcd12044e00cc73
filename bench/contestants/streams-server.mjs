import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { joinOwnRooms, listenAnywhere, verifyTokens } from './plain-server.mjs';

/** What the adapter keeps by default. */
const MAX_LENGTH = 10_000;

/**
 * Socket.IO with the adapter that keeps events in one stream, and with connection state recovery, without which nobody
 * would ever get what is kept.
 * @param {import('./plain-server.mjs').ServerSettings} settings
 */
export async function listen({ redisUrl, prefix, verifiesTokens }) {
  // The adapter reads the replies of Redis in the shape that older clients give.
  const redis = new Redis(redisUrl, { replyMapping: 'legacy' });
  const http = createServer();
  const io = new Server(http, {
    adapter: createAdapter(redis, {
      streamName: prefix,
      channelPrefix: prefix,
      sessionKeyPrefix: `${prefix}:session:`,
      maxLen: MAX_LENGTH,
    }),
    connectionStateRecovery: {},
  });
  if (verifiesTokens) verifyTokens(io);
  joinOwnRooms(io);
  return listenAnywhere(http);
}
