import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { joinedRoom } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';

/** Written with nothing but HTTP in mind, as most are: on anything else each of these throws. */
const seen: string[] = [];

@Injectable()
class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen.push(`guard:${context.getType()}`);
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-api-key'] !== 'good') throw new ForbiddenException();
    return true;
  }
}

@Injectable()
class UrlInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { url } = context.switchToHttp().getRequest<{ url: string }>();
    seen.push(`interceptor:${url.toUpperCase()}`);
    return next.handle();
  }
}

@Injectable()
class WhitelistPipe implements PipeTransform {
  transform(value: unknown): unknown {
    throw new ForbiddenException(`no property is allowed: ${JSON.stringify(value)}`);
  }
}

@Catch()
class HttpErrorFilter implements ExceptionFilter {
  catch(_: unknown, host: ArgumentsHost): void {
    const response = host
      .switchToHttp()
      .getResponse<{ status(code: number): { json(body: unknown): void } }>();
    response.status(418).json({ filtered: true });
  }
}

@WebSocketGateway({ namespace: '/chat' })
class ChatGateway {
  @SubscribeMessage('say')
  say(): string {
    return 'said';
  }
}

@Controller('things')
class ThingsController {
  @Get()
  things(): string[] {
    return ['thing'];
  }
}

describe('an application whose guard, interceptor, pipe and filter are for HTTP, and global', () => {
  const resources = new Resources();
  let server: GatewayApp;

  beforeAll(async () => {
    server = resources.add(
      await startGatewayApp({
        metadata: {
          controllers: [ThingsController],
          providers: [
            ChatGateway,
            { provide: APP_GUARD, useClass: ApiKeyGuard },
            { provide: APP_INTERCEPTOR, useClass: UrlInterceptor },
            { provide: APP_PIPE, useClass: WhitelistPipe },
            { provide: APP_FILTER, useClass: HttpErrorFilter },
          ],
        },
        prepare: (app) => {
          app.useGlobalGuards(new ApiKeyGuard());
          app.useGlobalInterceptors(new UrlInterceptor());
          app.useGlobalPipes(new WhitelistPipe());
          app.useGlobalFilters(new HttpErrorFilter());
        },
      }),
    );
  });

  afterAll(() => resources.stop());

  it('still has them: its HTTP and its own gateways are under them', async () => {
    expect((await fetch(`${server.url}/things`)).status).toBe(418);
    const allowed = await fetch(`${server.url}/things`, { headers: { 'x-api-key': 'good' } });
    expect(await allowed.json()).toEqual(['thing']);
    const chat = await server.open('/chat', 'ann');
    chat.socket.emit('say', 'hello');
    await expect(chat.socket.timeout(300).emitWithAck('say', 'hello')).rejects.toThrow('timed out');
    expect(seen).toContain('guard:ws');
  });

  it('lets users in, and brings them what is emitted', async () => {
    const ann = await server.connect('ann');
    await server.gateway.emitToUser('ann', 'hello', { n: 1 });
    expect(await ann.received('hello')).toEqual([{ n: 1 }]);
  });

  it('answers each request of a client', async () => {
    const ann = await server.open('', 'ann', { auth: { token: signToken('ann', { rooms: ['orders'] }) } });
    const before = seen.length;
    const ask = (event: string, request: unknown): Promise<unknown> =>
      ann.socket.timeout(5000).emitWithAck(event, request);
    expect(await ask('gateway:join', { room: 'orders' })).toEqual(joinedRoom('orders'));
    expect(await ask('gateway:join', { room: 'secrets' })).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
    expect(await ask('gateway:join', null)).toEqual({ ok: false, code: 'INVALID_ROOM' });
    expect(await ask('gateway:leave', { room: 'orders' })).toEqual({ ok: true, room: 'orders' });
    expect(seen.slice(before)).toEqual([]);
  });
});
