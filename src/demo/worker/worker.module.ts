import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { prometheusMetrics, WorkerEmitter, WorkerGatewayModule } from 'nestjs-socket-gateway/worker';
import * as promClient from 'prom-client';
import type { DemoConfig } from '../settings/index.js';
import { ProcessIdentity, SheetImporter } from '../importer/index.js';
import {
  IMPORT_QUEUE,
  ImportJobRunner,
  ImportNotices,
  MailDelay,
  queueOptions,
  SampleSheets,
  UploadStore,
} from '../imports/index.js';
import { FigureReader, FigureSampler } from '../operations/index.js';
import { IdleWorker } from './idle-worker.js';
import { SheetImportProcessor } from './sheet-import.processor.js';
import { WorkerFigures } from './worker-figures.js';

/** The worker of the demo: takes imports from the queue. */
@Module({})
export class WorkerModule {
  static register({ redisUrl, queuePrefix, uploadDir, mailAfterMs }: DemoConfig): DynamicModule {
    const queue = redisUrl === undefined ? undefined : queueOptions(redisUrl, queuePrefix, 'consume');
    const gateway = WorkerGatewayModule.forRoot({
      redis: redisUrl ?? '',
      metrics: prometheusMetrics(promClient),
    });
    if (queue === undefined) return { module: WorkerModule, imports: [gateway], providers: [IdleWorker] };
    return {
      module: WorkerModule,
      imports: [gateway, BullModule.registerQueue({ ...queue, name: IMPORT_QUEUE })],
      providers: [
        { provide: ProcessIdentity, useFactory: () => new ProcessIdentity('worker') },
        { provide: UploadStore, useFactory: () => new UploadStore(uploadDir) },
        { provide: MailDelay, useFactory: () => new MailDelay(mailAfterMs) },
        SampleSheets,
        SheetImporter,
        JobReporter,
        ImportNotices,
        ImportJobRunner,
        SheetImportProcessor,
        FIGURES,
        WorkerFigures,
      ],
    };
  }
}

const FIGURES: Provider = {
  provide: FigureSampler,
  inject: [WorkerEmitter],
  useFactory: (emitter: WorkerEmitter) =>
    new FigureSampler({
      role: 'worker',
      reader: new FigureReader(promClient.register),
      readiness: () => emitter.readiness(),
    }),
};
