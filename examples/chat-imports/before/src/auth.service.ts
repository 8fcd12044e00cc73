import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

@Injectable()
export class AuthService {
  constructor(private readonly jwt: JwtService) {}

  login(name: string): string {
    return this.jwt.sign({ sub: name }, { expiresIn: '1h' });
  }

  /** Throws when the token is not good. */
  userIdOf(token: unknown): string {
    return this.jwt.verify<{ sub: string }>(String(token), { algorithms: ['HS256'] }).sub;
  }
}
