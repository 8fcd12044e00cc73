import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { WorkerGatewayModule } from 'nestjs-socket-gateway/worker';
import { environment } from './environment.js';
import { ImportProcessor } from './import.processor.js';

@Module({
  imports: [
    WorkerGatewayModule.forRoot({
      redis: environment('REDIS_URL'),
      prefix: 'socket.io',
      delivery: 'live', // what servers of the old kind understand
    }),
    BullModule.registerQueue({ name: 'imports', url: environment('REDIS_URL') }),
  ],
  providers: [ImportProcessor],
})
export class WorkerModule {}
