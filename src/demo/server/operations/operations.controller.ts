import { Controller, Get, Header, Optional, Query, UseGuards } from '@nestjs/common';
import { FigureSampler, type ProcessFigures } from '../../operations/index.js';
import { BearerGuard } from '../auth/bearer.guard.js';
import { Heartbeats, type HeartbeatCounts } from './heartbeats.js';
import { RedisPause, type PauseNotice } from './redis-pause.js';

/** What the operations page is told. */
export interface OperationsReport {
  /** In milliseconds since 1970, by the clock of the samples. */
  now: number;
  server: ProcessFigures;
  heartbeats: HeartbeatCounts;
  /** For how long Redis can be paused from the page; 0: not at all. */
  pauseMs: number;
  pauses: readonly PauseNotice[];
}

/**
 * What this server knows of itself, out of its own memory: no answer waits for Redis, so that the page tells the truth when
 * Redis does not answer.
 */
@Controller('api/operations')
@UseGuards(BearerGuard)
export class OperationsController {
  constructor(
    private readonly sampler: FigureSampler,
    private readonly heartbeats: Heartbeats,
    @Optional() private readonly redisPause?: RedisPause,
  ) {}

  /** @param after samples of this time and before it are left out, in ms since 1970 */
  @Get()
  @Header('Cache-Control', 'no-store')
  async read(@Query('after') after?: string): Promise<OperationsReport> {
    this.heartbeats.watch();
    return {
      now: Date.now(),
      server: await this.sampler.figures(Number(after) || 0),
      heartbeats: this.heartbeats.counts,
      pauseMs: this.redisPause?.durationMs ?? 0,
      pauses: this.redisPause?.pauses ?? [],
    };
  }
}
