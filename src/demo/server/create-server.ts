import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import type { DemoConfig } from '../settings/index.js';
import { UploadStore } from '../imports/index.js';
import { securityHeaders } from './page/security-headers.js';
import { ServerModule } from './server.module.js';

const WEB_DIRECTORY = fileURLToPath(new URL('../web/', import.meta.url));

/** Makes the demo's server, ready to listen. */
export async function createServer(config: DemoConfig): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ServerModule.register(config));
  app.useWebSocketAdapter(app.get(RedisIoAdapter));
  app.disable('x-powered-by');
  app.use(securityHeaders(['index.html', 'operations/index.html'].map((name) => WEB_DIRECTORY + name)));
  // Revalidated at each visit, since the names do not change with the contents.
  app.useStaticAssets(WEB_DIRECTORY, { maxAge: 0 });
  app.enableShutdownHooks();
  void app.get(UploadStore, { strict: false }).removeStale();
  return app;
}
