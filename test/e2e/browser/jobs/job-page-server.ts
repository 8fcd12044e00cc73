import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { JobChannels } from 'nestjs-socket-gateway/jobs';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { JOB_SECRET } from '../../../support/jobs/job-fixture.js';
import { addJob, type QueueKind } from '../../../support/jobs/queue-processes.js';
import type { RedisProcess } from '../../../support/redis/redis-process.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';

const require = createRequire(import.meta.url);
const PROJECT = fileURLToPath(new URL('../../../..', import.meta.url));

/** What the page asks for when it starts a job. */
interface StartQuery {
  readonly kind: QueueKind;
  readonly queue: string;
  readonly userId: string;
  readonly attempts: string;
  readonly failures: string;
}

/** A server with the page of the folder `page`, which starts jobs, and the library's client as it is built. */
export async function startJobPageServer(redis: RedisProcess): Promise<GatewayApp & { prefix: string }> {
  const prefix = uniquePrefix();
  const channels = new JobChannels({ secret: JOB_SECRET });

  @Controller('jobs')
  class JobsController {
    @Post()
    @HttpCode(202)
    async start(@Query() { kind, queue, userId, attempts, failures }: StartQuery): Promise<unknown> {
      const work = { userId, attempts: Number(attempts), failures: Number(failures) };
      const job = await addJob({ kind, queue, redis }, work);
      return { job, token: channels.issue(queue, job, userId) };
    }
  }

  const server = await startGatewayApp({
    metadata: { controllers: [JobsController] },
    gateway: SocketGatewayModule.forRoot({
      redis: redis.url,
      prefix,
      auth: AUTH,
      jobs: { secret: JOB_SECRET },
      drainMs: 0,
    }),
    prepare: (app) => {
      const express = app as NestExpressApplication;
      const socketIoClient = dirname(require.resolve('socket.io-client/package.json'));
      express.useStaticAssets(join(PROJECT, 'test/e2e/browser/jobs/page'));
      express.useStaticAssets(join(PROJECT, 'dist/client'), { prefix: '/client' });
      express.useStaticAssets(join(socketIoClient, 'dist'), { prefix: '/socket.io-client' });
    },
  });
  return { ...server, prefix };
}
