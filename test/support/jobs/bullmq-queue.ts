import { BullModule, getQueueToken, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import type { QueueUnderTest } from './queue-under-test.js';

/** BullMQ by `@nestjs/bullmq`. */
export const BULLMQ: QueueUnderTest = {
  worker: ({ name, redisPort, keepsLock }, work) => {
    @Processor(name, {
      lockDuration: keepsLock ? 30_000 : 500,
      skipLockRenewal: !keepsLock,
      stalledInterval: 300,
      maxStalledCount: 5,
    })
    class TestProcessor extends WorkerHost {
      constructor(@Inject(JobReporter) private readonly reporter: JobReporter) {
        super();
      }

      override process(job: Job): Promise<unknown> {
        return work(job, this.reporter);
      }

      @OnWorkerEvent('error')
      onError(): void {
        // That a lock was lost is what some of the tests are about.
      }
    }
    const connection = { host: '127.0.0.1', port: redisPort };
    return { imports: [BullModule.registerQueue({ name, connection })], providers: [TestProcessor] };
  },
  add: async (app, name, attempts) => {
    const job = await app.get<Queue>(getQueueToken(name), { strict: false }).add('job', {}, { attempts });
    return String(job.id);
  },
  stateOf: (app, name, id) => app.get<Queue>(getQueueToken(name), { strict: false }).getJobState(id),
};
