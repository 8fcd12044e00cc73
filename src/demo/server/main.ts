import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { loadEnvironmentFile, readDemoConfig } from '../settings/index.js';
import { createServer } from './create-server.js';

async function main(): Promise<void> {
  loadEnvironmentFile();
  const config = readDemoConfig(process.env);
  const app = await createServer(config);
  await app.listen(config.port, config.host);
  new Logger('Server').log(`The sheet importer runs at ${await app.getUrl()} (process ${process.pid})`);
}

main().catch((error: unknown) => {
  new Logger('Server').fatal(error);
  process.exit(1);
});
