import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Request } from 'express';

/** Lets in whoever sends a token of the login as `Authorization: Bearer`; the same token connects the socket. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new UnauthorizedException('Log in first.');
    const claims = await this.jwt
      .verifyAsync<{ sub?: unknown }>(token, { algorithms: ['HS256'] })
      .catch(() => undefined);
    if (typeof claims?.sub !== 'string') {
      throw new UnauthorizedException('Your login is not valid any more. Log in again.');
    }
    USERS.set(request, claims.sub);
    return true;
  }
}

const USERS = new WeakMap<Request, string>();

/**
 * The id of the user whose request it is, after {@link BearerGuard}.
 *
 * @throws Error on a route without that guard
 */
export function userOf(request: Request): string {
  const user = USERS.get(request);
  if (user === undefined) throw new Error('This route has no BearerGuard.');
  return user;
}
