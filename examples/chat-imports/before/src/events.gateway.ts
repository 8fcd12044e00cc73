import {
  ConnectedSocket,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { AuthService } from './auth.service.js';

@WebSocketGateway()
export class EventsGateway implements OnGatewayConnection {
  @WebSocketServer() private readonly server?: Server;

  constructor(private readonly auth: AuthService) {}

  async handleConnection(client: Socket): Promise<void> {
    try {
      const userId = this.auth.userIdOf(client.handshake.auth['token']);
      client.data = { userId };
      await client.join(`user:${userId}`);
    } catch {
      client.disconnect();
    }
  }

  @SubscribeMessage('whoami')
  whoami(@ConnectedSocket() client: Socket): { userId: string } {
    return { userId: (client.data as { userId: string }).userId };
  }

  /** For the rest of the application. In the worker there is no server, and this does nothing: the defect. */
  notifyUser(userId: string, event: string, data: unknown): void {
    this.server?.to(`user:${userId}`).emit(event, data);
  }
}
