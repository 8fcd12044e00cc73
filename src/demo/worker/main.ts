import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadEnvironmentFile, readDemoConfig } from '../settings/index.js';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  loadEnvironmentFile();
  const app = await NestFactory.createApplicationContext(WorkerModule.register(readDemoConfig(process.env)));
  app.enableShutdownHooks();
  new Logger('Worker').log(`The worker is ready (process ${process.pid})`);
}

main().catch((error: unknown) => {
  new Logger('Worker').fatal(error);
  process.exitCode = 1;
});
