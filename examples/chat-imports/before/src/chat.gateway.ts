import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { AuthService } from './auth.service.js';

@WebSocketGateway({ namespace: '/chat' })
export class ChatGateway implements OnGatewayConnection {
  @WebSocketServer() private readonly chat!: Namespace;

  constructor(private readonly auth: AuthService) {}

  handleConnection(client: Socket): void {
    try {
      client.data = { userId: this.auth.userIdOf(client.handshake.auth['token']) };
    } catch {
      client.disconnect();
    }
  }

  @SubscribeMessage('chat:join')
  async join(@ConnectedSocket() client: Socket, @MessageBody() channel: string): Promise<{ ok: true }> {
    await client.join(`channel:${channel}`);
    return { ok: true };
  }

  @SubscribeMessage('chat:say')
  say(
    @ConnectedSocket() client: Socket,
    @MessageBody() { channel, text }: { channel: string; text: string },
  ): void {
    const { userId } = client.data as { userId: string };
    this.chat.to(`channel:${channel}`).emit('chat:said', { from: userId, text });
  }
}
