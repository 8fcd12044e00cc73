import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { environment } from './environment.js';
import { RedisIoAdapter } from './redis-io.adapter.js';

const app = await NestFactory.create(AppModule);
const adapter = new RedisIoAdapter(app);
adapter.connectToRedis(environment('REDIS_URL'));
app.useWebSocketAdapter(adapter);
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
