import { InjectQueue } from '@nestjs/bull';
import { Body, Controller, Get, Headers, NotFoundException, Param, Post } from '@nestjs/common';
import type { Queue } from 'bull';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { AuthService } from './auth.service.js';

@Controller('imports')
export class ImportsController {
  constructor(
    @InjectQueue('imports') private readonly queue: Queue,
    private readonly auth: AuthService,
    private readonly emitter: SocketEmitter,
  ) {}

  @Post()
  async start(
    @Headers('authorization') header: string,
    @Body() { rows }: { rows: number },
  ): Promise<{ id: string }> {
    const userId = this.auth.userIdOf(header.replace('Bearer ', ''));
    const { id } = await this.queue.add({ userId, rows });
    await this.emitter.emitToUser(userId, 'import:queued', { id: String(id) });
    return { id: String(id) };
  }

  @Get(':id')
  async state(@Param('id') id: string): Promise<{ state: string }> {
    const job = await this.queue.getJob(id);
    if (!job) throw new NotFoundException();
    return { state: await job.getState() };
  }
}
