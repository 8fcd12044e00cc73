import { Injectable } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { ProcessIdentity, type ImportSummary } from '../importer/index.js';
import type { ImportQueued } from './import-events.js';
import type { ImportJob } from './import-job.js';

/** How long nobody may have seen the end of an import before an e-mail is sent. */
export class MailDelay {
  constructor(readonly afterMs: number) {}
}

/** Tells a user's browsers of an import what the messages of its job do not. No method rejects. */
@Injectable()
export class ImportNotices {
  constructor(
    private readonly emitter: SocketEmitter,
    private readonly identity: ProcessIdentity,
    private readonly mailDelay: MailDelay,
  ) {}

  /** It waits, for the first time or because its user has asked for it again. */
  async queued(job: ImportJob): Promise<void> {
    await this.emitter.emitToUser(job.userId, 'sheet:sync:queued', this.#whole(job));
  }

  /** This process begins with it. */
  async taken(job: ImportJob): Promise<void> {
    await this.emitter.emitToUser(job.userId, 'sheet:sync:taken', this.#whole(job));
  }

  /** It has ended: completed, if there is a summary. Said once in a round; who does not see it gets an e-mail. */
  async ended({ importId, userId, round, files }: ImportJob, summary?: ImportSummary): Promise<void> {
    await this.emitter.emitToUser(
      userId,
      'sheet:sync:ended',
      {
        importId,
        time: Date.now(),
        ...this.identity.origin,
        outcome: summary === undefined ? 'failed' : 'completed',
        files: files.map(({ name }) => name),
        ...(summary === undefined ? {} : { summary }),
      },
      { dedupeKey: `${importId} ended ${round}`, fallback: { afterMs: this.mailDelay.afterMs } },
    );
  }

  #whole({ importId, files, round }: ImportJob): ImportQueued {
    const infos = files.map(({ id, name, bytes }) => ({ id, name, bytes }));
    return { importId, time: Date.now(), ...this.identity.origin, files: infos, round };
  }
}
