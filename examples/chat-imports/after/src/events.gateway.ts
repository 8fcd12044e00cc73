import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SocketUser, type AuthenticatedUser } from 'nestjs-socket-gateway';

@WebSocketGateway()
export class EventsGateway {
  @SubscribeMessage('whoami')
  whoami(@SocketUser() user: AuthenticatedUser): { userId: string } {
    return { userId: user.id };
  }
}
