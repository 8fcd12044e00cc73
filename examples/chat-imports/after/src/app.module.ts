import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { ChatGateway } from './chat.gateway.js';
import { EventsGateway } from './events.gateway.js';
import { ImportsController } from './imports.controller.js';
import { environment } from './environment.js';

@Module({
  imports: [
    SocketGatewayModule.forRoot({
      redis: environment('REDIS_URL'),
      prefix: 'socket.io', // as the adapter before it: servers of both kinds understand each other
      delivery: 'live', // what both understand; without it, events are kept for who is away
      auth: { jwt: { secret: environment('JWT_SECRET'), algorithms: ['HS256'] } },
    }),
    JwtModule.register({ secret: environment('JWT_SECRET') }),
    BullModule.registerQueue({ name: 'imports', url: environment('REDIS_URL') }),
  ],
  controllers: [AuthController, ImportsController],
  providers: [AuthService, EventsGateway, ChatGateway],
})
export class AppModule {}
