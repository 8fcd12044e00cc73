import * as api from '@opentelemetry/api';
import { openTelemetry } from 'nestjs-socket-gateway';
import { connectGateway, type EventMeta, type GatewayClient } from 'nestjs-socket-gateway/client';
import { startServerApplication, startWorkerApplication, type WorkerApplication } from './applications.js';
import type { GatewayApp } from './gateway-app.js';
import type { RedisProcess } from './redis/redis-process.js';
import type { Resources } from './resources.js';
import { signToken } from './sign-token.js';
import { uniquePrefix } from './unique-prefix.js';
import { waitFor } from './wait-for.js';

/** What a handler of `connectGateway` was given. */
export interface Heard {
  readonly event: string;
  readonly data: unknown;
  readonly meta: EventMeta | undefined;
}

/** Two servers and a worker whose events are traced. */
export interface TracedSite {
  readonly prefix: string;
  readonly servers: readonly [GatewayApp, GatewayApp];
  readonly worker: WorkerApplication;
  /** A client by `connectGateway`, once it is ready, and what its handlers are given. */
  connect(server: GatewayApp, user: string, ...events: string[]): Promise<[GatewayClient, Heard[]]>;
}

export async function startTracedSite(resources: Resources, redis: RedisProcess): Promise<TracedSite> {
  const prefix = uniquePrefix();
  const options = { redis: redis.url, prefix, tracing: openTelemetry(api) };
  return {
    prefix,
    servers: [
      await startServerApplication(resources, options),
      await startServerApplication(resources, options),
    ],
    worker: await startWorkerApplication(resources, options),
    connect: async (server, user, ...events) => {
      const client = connectGateway(server.url, {
        token: () => signToken(user),
        onError: () => undefined,
        socketOptions: { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 50 },
      });
      resources.add({ stop: () => client.close() });
      const heard: Heard[] = [];
      for (const event of events)
        client.on(event, (data: unknown, meta?: EventMeta) => void heard.push({ event, data, meta }));
      await waitFor('the client is ready', () => client.state === 'ready');
      return [client, heard];
    },
  };
}
