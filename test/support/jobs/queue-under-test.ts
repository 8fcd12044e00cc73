import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import type { JobLike } from 'nestjs-socket-gateway/jobs';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import type { WorkerGatewayOptions } from 'nestjs-socket-gateway/worker';
import { startWorkerApplication } from '../applications.js';
import type { Resources } from '../resources.js';

/** What a processor of a test does with a job. */
export type Work = (job: JobLike, reporter: JobReporter) => Promise<unknown>;

/** Where the queue is, and how soon a worker that says nothing loses its job. */
export interface QueueSettings {
  readonly name: string;
  readonly redisPort: number;
  /** Whether a worker keeps its lock for as long as it works; otherwise it loses it in half a second. */
  readonly keepsLock: boolean;
}

/** A kind of queue, through its module for Nest. */
export interface QueueUnderTest {
  /** What a worker application is made of. */
  worker(settings: QueueSettings, work: Work): Required<Pick<ModuleMetadata, 'imports' | 'providers'>>;
  /** Adds a job from a worker application; returns its id. */
  add(app: INestApplicationContext, name: string, attempts: number): Promise<string>;
  /** What the queue says of a job, such as 'completed'. */
  stateOf(app: INestApplicationContext, name: string, id: string): Promise<string>;
}

/** Starts a worker of its own in this process. */
export async function startQueueWorker(
  kind: QueueUnderTest,
  resources: Resources,
  gateway: WorkerGatewayOptions,
  settings: QueueSettings,
  work: Work,
): Promise<INestApplicationContext> {
  const { imports, providers } = kind.worker(settings, work);
  const { app } = await startWorkerApplication(resources, gateway, {
    imports,
    providers: [...providers, JobReporter],
  });
  return app;
}
