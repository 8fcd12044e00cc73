import { Global, Module, type DynamicModule, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EmitResult } from 'nestjs-socket-gateway';
import { WorkerEmitter, WorkerGatewayModule } from 'nestjs-socket-gateway/worker';
import { published } from '../../support/expected-replies.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';

const resources = new Resources();
let gateway: DynamicModule;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  gateway = WorkerGatewayModule.forRoot({ redis: redis.url, prefix: 'closing-order' });
});

afterAll(() => resources.stop());

/** What became of the emits that were made while the application closed. */
let results: EmitResult[];

beforeEach(() => {
  results = [];
});

/** As Bull and BullMQ: it closes when the job that is still running has made its last emit. */
class Draining implements OnApplicationShutdown {
  readonly #emitter: WorkerEmitter;

  constructor(emitter: WorkerEmitter) {
    this.#emitter = emitter;
  }

  async onApplicationShutdown(): Promise<void> {
    results.push(await this.#emitter.emitToUser('ann', 'job:done', 1));
  }
}

const draining = {
  provide: Draining,
  inject: [WorkerEmitter],
  useFactory: (emitter: WorkerEmitter) => new Draining(emitter),
};

@Module({ providers: [draining] })
class QueueModule {}

@Global()
@Module({ providers: [draining] })
class GlobalQueueModule {}

async function openAndClose(...imports: (Type | DynamicModule)[]): Promise<void> {
  @Module({})
  class WorkerModule {}
  const app = await NestFactory.createApplicationContext(
    { module: WorkerModule, imports },
    { logger: false },
  );
  await app.close();
}

it.each([
  ['before', (queue: Type) => [queue, gateway]],
  ['after', (queue: Type) => [gateway, queue]],
])(
  'the last emit of a job is published, with its queue imported %s the gateway, global or not',
  async (_, order) => {
    await openAndClose(...order(QueueModule));
    await openAndClose(...order(GlobalQueueModule));
    expect(results).toEqual([published(0), published(0)]);
  },
);
