import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';

/**
 * What would send an e-mail when nobody has seen how an import ended. Here it tells the page so instead, which shows it
 * when it is opened: the demo has no addresses.
 */
@Injectable()
export class UnseenImports implements OnModuleInit {
  readonly #logger = new Logger(UnseenImports.name);

  constructor(private readonly emitter: SocketEmitter) {}

  onModuleInit(): void {
    this.emitter.onUndelivered(async ({ userId, event, data, id }) => {
      if (event !== 'sheet:sync:ended') return;
      const { importId, outcome, files, time } = data;
      const subject = `Your import of ${describe(files)} ${outcome === 'completed' ? 'is done' : 'has failed'}`;
      const result = await this.emitter.emitToUser(
        userId,
        'sheet:sync:mailed',
        { importId, time: Date.now(), subject, endedAt: time },
        // Handed over again when a process dies while it does this: an e-mail would have the same key.
        { dedupeKey: `mail ${id}` },
      );
      if (result.status === 'failed') throw result.error;
      this.#logger.log(`Nobody has seen it, so an e-mail would have been sent: “${subject}”`);
    });
  }
}

function describe([first = 'nothing', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
