import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { MulterModule } from '@nestjs/platform-express';
import { prometheusMetrics, SocketGatewayHealth, SocketGatewayModule } from 'nestjs-socket-gateway';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
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
import { BearerGuard } from './auth/bearer.guard.js';
import { decideJwtSecret } from './auth/jwt-secret.js';
import { LoginController } from './auth/login.controller.js';
import { HealthController } from './health.controller.js';
import { ImportDispatcher } from './imports/import-dispatcher.js';
import { ImportsController } from './imports/imports.controller.js';
import { InProcessDispatcher } from './imports/in-process.dispatcher.js';
import { QueueDispatcher } from './imports/queue.dispatcher.js';
import { UploadLimits } from './imports/upload-limits.js';
import { UploadSizeGuard } from './imports/upload-size.guard.js';
import { UploadStorage } from './imports/upload.storage.js';
import { UnseenImports } from './mails/unseen-imports.js';
import { MetricsController } from './metrics.controller.js';
import { Heartbeats } from './operations/heartbeats.js';
import { OperationsController } from './operations/operations.controller.js';
import { PauseController } from './operations/pause.controller.js';
import { RedisPause, RedisPauseSettings } from './operations/redis-pause.js';
import { PAGE_SETTINGS, PageController } from './page/page.controller.js';

/** What uploads need; multer takes its storage from a module of its own. */
@Module({})
class UploadsModule {
  static register({ uploadDir, maxUploadBytes }: DemoConfig): DynamicModule {
    return {
      module: UploadsModule,
      providers: [
        { provide: UploadStore, useFactory: () => new UploadStore(uploadDir) },
        { provide: UploadLimits, useFactory: () => new UploadLimits(maxUploadBytes) },
        UploadStorage,
      ],
      exports: [UploadStore, UploadLimits, UploadStorage],
    };
  }
}

/** The server of the demo: the page, the login, the uploads, and the sockets. */
@Module({})
export class ServerModule {
  static register(config: DemoConfig): DynamicModule {
    const { redisUrl, queuePrefix, namespace, mailAfterMs, pauseMs } = config;
    const secret = decideJwtSecret(config.jwtSecret);
    const uploads = UploadsModule.register(config);
    const queue = redisUrl === undefined ? undefined : queueOptions(redisUrl, queuePrefix, 'produce');
    const mayPause = redisUrl !== undefined && queue !== undefined && pauseMs > 0;
    return {
      module: ServerModule,
      imports: [
        SocketGatewayModule.forRoot({
          // Empty is none, also where the process' own environment names one that these settings do not.
          redis: redisUrl ?? '',
          // Who tries it out does not wait for open pages when it ends.
          drainMs: 1000,
          metrics: prometheusMetrics(promClient),
          auth: { jwt: { secret, algorithms: ['HS256'] }, userId: (claims) => claims['sub'] },
        }),
        JwtModule.register({ secret }),
        uploads,
        MulterModule.registerAsync({
          imports: [uploads],
          inject: [UploadStorage, UploadLimits],
          useFactory: (storage: UploadStorage, { maxFiles }: UploadLimits) => ({
            storage,
            limits: { files: maxFiles },
            // Browsers send names in UTF-8.
            defParamCharset: 'utf8',
          }),
        }),
        ...(queue === undefined ? [] : [BullModule.registerQueue({ ...queue, name: IMPORT_QUEUE })]),
      ],
      controllers: [
        HealthController,
        MetricsController,
        LoginController,
        ImportsController,
        OperationsController,
        ...(mayPause ? [PauseController] : []),
        PageController,
      ],
      providers: [
        { provide: ProcessIdentity, useFactory: () => new ProcessIdentity('server') },
        { provide: PAGE_SETTINGS, useValue: { namespace } },
        { provide: MailDelay, useFactory: () => new MailDelay(mailAfterMs) },
        ImportNotices,
        UnseenImports,
        BearerGuard,
        UploadSizeGuard,
        SampleSheets,
        ...(queue === undefined ? IN_PROCESS : OVER_QUEUE),
        FIGURES,
        Heartbeats,
        ...(mayPause
          ? [
              { provide: RedisPauseSettings, useFactory: () => new RedisPauseSettings(redisUrl, pauseMs) },
              RedisPause,
            ]
          : []),
      ],
    };
  }
}

const FIGURES: Provider = {
  provide: FigureSampler,
  inject: [SocketGatewayHealth],
  useFactory: (health: SocketGatewayHealth) =>
    new FigureSampler({
      role: 'server',
      reader: new FigureReader(promClient.register),
      readiness: () => health.readiness(),
    }),
};

const OVER_QUEUE: Provider[] = [{ provide: ImportDispatcher, useClass: QueueDispatcher }];

const IN_PROCESS: Provider[] = [
  SheetImporter,
  JobReporter,
  ImportJobRunner,
  { provide: ImportDispatcher, useClass: InProcessDispatcher },
];
