import type { JobMessage } from 'nestjs-socket-gateway/contract';
import { connectGateway, type ConnectGatewayOptions, type GatewayClient } from 'nestjs-socket-gateway/client';
import { JobReporter, type JobLike, type JobReporterOptions } from 'nestjs-socket-gateway/jobs';
import { startDurableServer } from '../durable-server.js';
import type { GatewayApp } from '../gateway-app.js';
import { RedisProcess } from '../redis/redis-process.js';
import { Resources } from '../resources.js';
import { signToken } from '../sign-token.js';
import { uniquePrefix } from '../unique-prefix.js';
import { waitFor } from '../wait-for.js';

/** What tokens of the tests' jobs are signed with. */
export const JOB_SECRET = 'the secret of the jobs of the tests, which is long enough';

/** A server of the tests, and what reports to it and watches there. */
export class JobFixture {
  private constructor(
    readonly server: GatewayApp,
    readonly resources: Resources,
    readonly prefix: string,
  ) {}

  /** @param redis a URL; none: the server keeps its rooms in memory */
  static async start(redis?: string, resources = new Resources()): Promise<JobFixture> {
    const prefix = uniquePrefix();
    const server = await startDurableServer(redis, prefix, { jobs: { secret: JOB_SECRET } });
    return new JobFixture(resources.add(server), resources, prefix);
  }

  reporter(options?: JobReporterOptions): JobReporter {
    return new JobReporter(this.server.gateway, options);
  }

  /** A client of a user, which is ready. */
  async client(userId = 'ann', options: ConnectGatewayOptions = {}): Promise<GatewayClient> {
    const client = connectGateway(this.server.url, {
      token: signToken(userId),
      onError: () => undefined,
      ...options,
      socketOptions: { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 20 },
    });
    this.resources.add({ stop: () => client.close() });
    await waitFor('the client to be ready', () => client.state === 'ready');
    return client;
  }

  stop(): Promise<void> {
    return this.resources.stop();
  }
}

/** A {@link JobFixture} with a Redis of its own. */
export type RedisJobFixture = JobFixture & { readonly redis: RedisProcess };

export async function startRedisJobFixture(): Promise<RedisJobFixture> {
  const resources = new Resources();
  const redis = resources.add(await RedisProcess.start());
  try {
    return Object.assign(await JobFixture.start(redis.url, resources), { redis });
  } catch (error) {
    await resources.stop();
    throw error;
  }
}

/** What a client has heard of jobs, in short, without progress. */
export function listen(client: GatewayClient): string[] {
  const heard: string[] = [];
  client.on('gateway:job', (message) => {
    if (message.type !== 'job_progress') heard.push(inShort(message));
  });
  return heard;
}

/** The progress that a client has heard of. */
export function listenToProgress(client: GatewayClient): Extract<JobMessage, { type: 'job_progress' }>[] {
  const heard: Extract<JobMessage, { type: 'job_progress' }>[] = [];
  client.on('gateway:job', (message) => {
    if (message.type === 'job_progress') heard.push(message);
  });
  return heard;
}

/** Its type, and what it is about: 'file_completed a.csv'. */
function inShort(message: JobMessage): string {
  const { type } = message;
  switch (message.type) {
    case 'file_processing':
    case 'file_completed':
      return `${type} ${message.file}`;
    case 'error':
      return `${type} ${message.error.message}${message.willRetry ? ', again' : ''}`;
    case 'job_completed':
      return `${type} ${JSON.stringify(message.result)}`;
    case 'job_failed':
      return `${type} ${message.error.message}`;
    default:
      return type;
  }
}

let lastId = 0;

/** A job as the queues show it: another object for each of its runs. */
export function jobLike(more: Partial<JobLike> & { id?: string } = {}): JobLike {
  const defaults = { id: `job-${++lastId}`, queueName: 'imports', attemptsMade: 0, timestamp: 1, opts: {} };
  return { ...defaults, ...more };
}
