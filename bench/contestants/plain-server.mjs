import { createServer } from 'node:http';
import { JwtService } from '@nestjs/jwt';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { ALGORITHM, SECRET } from '../lib/tokens.mjs';

/**
 * @typedef {object} ServerSettings
 * @property {string} redisUrl
 * @property {string} prefix of the names in Redis
 * @property {boolean} [verifiesTokens] whether the server does what ours always does
 */

/**
 * The same with Socket.IO and its Redis adapter used directly, as their documentation shows it.
 * @param {ServerSettings} settings
 */
export async function listen({ redisUrl, prefix, verifiesTokens }) {
  const publisher = new Redis(redisUrl);
  const subscriber = publisher.duplicate();
  const http = createServer();
  const io = new Server(http, { adapter: createAdapter(publisher, subscriber, { key: prefix }) });
  if (verifiesTokens) verifyTokens(io);
  joinOwnRooms(io);
  return listenAnywhere(http);
}

/**
 * A socket whose state was recovered is in its room already.
 * @param {Server} io
 */
export function joinOwnRooms(io) {
  io.on('connection', (socket) => {
    if (!socket.recovered) void socket.join(`user:${socket.data.userId ?? socket.handshake.auth.userId}`);
  });
}

/** @param {import('node:http').Server} http */
export async function listenAnywhere(http) {
  await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (http.address());
  return { port: address.port };
}

/** @param {Server} io */
export function verifyTokens(io) {
  const jwt = new JwtService();
  io.use((socket, next) => {
    jwt.verifyAsync(socket.handshake.auth.token, { secret: SECRET, algorithms: [ALGORITHM] }).then(
      (claims) => {
        socket.data.userId = claims.sub;
        next();
      },
      () => next(new Error('UNAUTHENTICATED')),
    );
  });
}
