import { compile, READ_TIMEOUT_MS, readDeclarations } from '../support/compile.js';

beforeAll(readDeclarations, READ_TIMEOUT_MS);

describe('the types of jobs', () => {
  it.each([
    ['while nothing is declared', ''],
    [
      'with declared events',
      `declare module 'nestjs-socket-gateway/contract' { interface GatewayEvents { a: 1 } }`,
    ],
  ])('take jobs of Bull 4 and BullMQ, and tell messages apart by their type, %s', (_, declaration) => {
    const source = `
      import 'nestjs-socket-gateway/contract';
      import type { Job as BullJob } from 'bull';
      import type { Job } from 'bullmq';
      import { connectGateway } from 'nestjs-socket-gateway/client';
      import type { JobReporter } from 'nestjs-socket-gateway/jobs';
      ${declaration}
      export async function work(reporter: JobReporter, job: Job, bullJob: BullJob): Promise<number> {
        reporter.for(bullJob, { userId: 7 }).progress(1, 2);
        // @ts-expect-error a job has a queue
        reporter.for({ id: '1' });
        return reporter.run(job, { userId: 'ann', total: 2 }, (report) => {
          void report.fileCompleted('a', { rows: 1 });
          return 3;
        });
      }
      const gateway = connectGateway('/');
      gateway.on('gateway:job', (message) => {
        if (message.type === 'error') return message.error.code.length;
        // @ts-expect-error only a file has one
        message.file;
        return message.type === 'job_progress' ? message.rate?.toFixed() : message.run;
      });
      gateway.on('gateway:job-state', ({ status }) => status === 'retrying');
      export const ended = gateway.watchJob('q', 1).then((watch) => watch.ended.then(({ result }) => result));
    `;
    expect(compile({ 'jobs.ts': source }).complaints).toEqual([]);
  });

  it("keep the library's own events from being emitted", () => {
    const source = `
      import 'nestjs-socket-gateway/contract';
      import type { SocketEmitter } from 'nestjs-socket-gateway/contract';
      declare module 'nestjs-socket-gateway/contract' { interface GatewayEvents { a: 1 } }
      // @ts-expect-error not among the application's events
      export const emit = (emitter: SocketEmitter) => emitter.emitToUser('ann', 'gateway:job', {});
    `;
    expect(compile({ 'emits.ts': source }).complaints).toEqual([]);
  });
});
