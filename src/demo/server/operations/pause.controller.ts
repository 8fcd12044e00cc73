import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { BearerGuard, userOf } from '../auth/bearer.guard.js';
import { nameOf } from '../auth/demo-users.js';
import { RedisPause, type PauseNotice } from './redis-pause.js';

/**
 * The button that breaks something. It exists only where the demo is told so: a server without it answers 404. The token is
 * in a header which no page of another site can make a browser send.
 */
@Controller('api/operations/pause')
@UseGuards(BearerGuard)
export class PauseController {
  constructor(private readonly redisPause: RedisPause) {}

  @Post()
  @HttpCode(202)
  pause(@Req() request: Request): Promise<PauseNotice> {
    return this.redisPause.pause(nameOf(userOf(request)));
  }
}
