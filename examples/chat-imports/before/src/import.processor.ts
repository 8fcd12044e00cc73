import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { EventsGateway } from './events.gateway.js';

@Processor('imports')
export class ImportProcessor {
  constructor(private readonly events: EventsGateway) {}

  @Process()
  run({ data }: Job<{ userId: string; rows: number }>): void {
    // … the import itself …
    this.events.notifyUser(data.userId, 'import:done', { rows: data.rows });
  }
}
