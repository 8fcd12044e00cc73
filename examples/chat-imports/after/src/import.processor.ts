import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';

@Processor('imports')
export class ImportProcessor {
  constructor(private readonly emitter: SocketEmitter) {}

  @Process()
  async run({ data }: Job<{ userId: string; rows: number }>): Promise<void> {
    // … the import itself …
    await this.emitter.emitToUser(data.userId, 'import:done', { rows: data.rows });
  }
}
