import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuthService } from './auth.service.js';
import { environment } from './environment.js';
import { EventsGateway } from './events.gateway.js';
import { ImportProcessor } from './import.processor.js';

@Module({
  imports: [
    JwtModule.register({ secret: environment('JWT_SECRET') }),
    BullModule.registerQueue({ name: 'imports', url: environment('REDIS_URL') }),
  ],
  providers: [AuthService, EventsGateway, ImportProcessor],
})
export class WorkerModule {}
