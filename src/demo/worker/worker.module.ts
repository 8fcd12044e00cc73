import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { WorkerGatewayModule } from 'nestjs-socket-gateway/worker';
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
import { IdleWorker } from './idle-worker.js';
import { SheetImportProcessor } from './sheet-import.processor.js';

/** The worker of the demo: takes imports from the queue. */
@Module({})
export class WorkerModule {
  static register({ redisUrl, queuePrefix, uploadDir, mailAfterMs }: DemoConfig): DynamicModule {
    const queue = redisUrl === undefined ? undefined : queueOptions(redisUrl, queuePrefix, 'consume');
    const gateway = WorkerGatewayModule.forRoot({ redis: redisUrl ?? '' });
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
      ],
    };
  }
}
