import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { ChatGateway } from './chat.gateway.js';
import { EventsGateway } from './events.gateway.js';
import { ImportsController } from './imports.controller.js';
import { environment } from './environment.js';

@Module({
  imports: [
    JwtModule.register({ secret: environment('JWT_SECRET') }),
    BullModule.registerQueue({ name: 'imports', url: environment('REDIS_URL') }),
  ],
  controllers: [AuthController, ImportsController],
  providers: [AuthService, EventsGateway, ChatGateway],
})
export class AppModule {}
