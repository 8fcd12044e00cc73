import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { prometheusMetrics, RedisIoAdapter, SocketGatewayModule } from 'nestjs-socket-gateway';
import * as promClient from 'prom-client';
import { ALGORITHM, SECRET } from '../lib/tokens.mjs';

/**
 * The library as its users have it: a Nest application with the module and the adapter. It always verifies a JWT.
 * @param {import('./plain-server.mjs').ServerSettings & { delivery: 'live' | 'durable', metrics?: boolean }} settings
 */
export async function listen({ redisUrl, prefix, delivery, metrics = false }) {
  class BenchModule {}
  const gateway = SocketGatewayModule.forRoot({
    redis: redisUrl,
    prefix,
    delivery,
    ...(metrics && { metrics: prometheusMetrics(promClient) }),
    auth: { jwt: { secret: SECRET, algorithms: [ALGORITHM] } },
    // A few users on one address stand for many: the peers have no such limits.
    limits: {
      connectionsPerUser: 1_000_000,
      unauthenticatedPerAddress: 1_000_000,
      handshakesPerSecond: { perUser: 1_000_000, refusedPerAddress: 1_000_000 },
    },
  });
  const app = await NestFactory.create(
    { module: BenchModule, imports: [gateway] },
    { logger: ['fatal', 'error', 'warn'] },
  );
  app.useWebSocketAdapter(app.get(RedisIoAdapter));
  await app.listen(0, '127.0.0.1');
  if (metrics) setInterval(() => void promClient.register.metrics(), 1000);
  return { port: app.getHttpServer().address().port };
}
