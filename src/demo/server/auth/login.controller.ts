import { Body, Controller, Get, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { OPERATIONS_ROOM } from '../../operations/index.js';
import { DEMO_USERS, type DemoUser } from './demo-users.js';

/** Who has logged in, and the token that proves it until it expires. */
export interface Login {
  token: string;
  user: DemoUser;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

const VALID_FOR_MS = 8 * 3_600_000;

/** Logs demo users in, without a password. Never do this in a real application. */
@Controller('api/login')
export class LoginController {
  constructor(private readonly jwt: JwtService) {}

  @Get()
  users(): { users: readonly DemoUser[] } {
    return { users: DEMO_USERS };
  }

  @Post()
  @HttpCode(200)
  async login(@Body() body: unknown): Promise<Login> {
    const id = (body as { user?: unknown } | undefined)?.user;
    const user = DEMO_USERS.find((each) => each.id === id);
    if (user === undefined) throw new UnauthorizedException('There is no such demo user.');
    const token = await this.jwt.signAsync(
      // Everybody may watch the processes: the demo has no operators among its users.
      { sub: user.id, name: user.name, rooms: [OPERATIONS_ROOM] },
      { algorithm: 'HS256', expiresIn: VALID_FOR_MS / 1000 },
    );
    return { token, user, expiresAt: Date.now() + VALID_FOR_MS };
  }
}
