import { Body, Controller, Post } from '@nestjs/common';
import { AuthService } from './auth.service.js';

@Controller()
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  /** An example needs no password. */
  @Post('login')
  login(@Body() { name }: { name: string }): { token: string } {
    return { token: this.auth.login(name) };
  }
}
