import { UseFilters } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { GatewayExceptionFilter, SocketUser, type AuthenticatedUser } from 'nestjs-socket-gateway';
import type { Namespace, Socket } from 'socket.io';

@WebSocketGateway({ namespace: '/chat' })
@UseFilters(GatewayExceptionFilter)
export class ChatGateway {
  @WebSocketServer() private readonly chat!: Namespace;

  @SubscribeMessage('chat:join')
  async join(@ConnectedSocket() client: Socket, @MessageBody() channel: string): Promise<{ ok: true }> {
    await client.join(`channel:${channel}`);
    return { ok: true };
  }

  @SubscribeMessage('chat:say')
  say(
    @SocketUser() user: AuthenticatedUser,
    @MessageBody() { channel, text }: { channel: string; text: string },
  ): void {
    this.chat.to(`channel:${channel}`).emit('chat:said', { from: user.id, text });
  }
}
