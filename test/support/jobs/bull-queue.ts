import { BullModule, getQueueToken, OnQueueError, Process, Processor } from '@nestjs/bull';
import { Inject } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import type { QueueUnderTest } from './queue-under-test.js';

/** Bull 4 by `@nestjs/bull`. */
export const BULL: QueueUnderTest = {
  worker: ({ name, redisPort, keepsLock }, work) => {
    @Processor(name)
    class TestProcessor {
      constructor(@Inject(JobReporter) private readonly reporter: JobReporter) {}

      @Process()
      process(job: Job): Promise<unknown> {
        return work(job, this.reporter);
      }

      @OnQueueError()
      onError(): void {
        // That a lock was lost is what some of the tests are about.
      }
    }
    const queue = BullModule.registerQueue({
      name,
      redis: { host: '127.0.0.1', port: redisPort },
      settings: {
        lockDuration: keepsLock ? 30_000 : 500,
        ...(!keepsLock && { lockRenewTime: 600_000 }),
        stalledInterval: 300,
        maxStalledCount: 5,
        guardInterval: 300,
      },
    });
    return { imports: [queue], providers: [TestProcessor] };
  },
  add: async (app, name, attempts) => {
    const job = await app.get<Queue>(getQueueToken(name), { strict: false }).add({}, { attempts });
    return String(job.id);
  },
  stateOf: async (app, name, id) => {
    const job = await app.get<Queue>(getQueueToken(name), { strict: false }).getJob(id);
    return (await job?.getState()) ?? 'gone';
  },
};
