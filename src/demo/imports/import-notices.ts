import { Injectable } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { jobRoom, type JobMessage } from 'nestjs-socket-gateway/jobs';
import { ProcessIdentity, type ImportSummary } from '../importer/index.js';
import type { ImportQueued } from './import-events.js';
import { IMPORT_QUEUE, type ImportJob } from './import-job.js';

/** So many messages of an import are read at once: mostly all of them. */
const PAGE = 1000;

/** How long nobody may have seen the end of an import before an e-mail is sent. */
export class MailDelay {
  constructor(readonly afterMs: number) {}
}

/** Tells a user's browsers of an import what the messages of its job do not, and knows what has been told. No method rejects. */
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

  /** What was said of an import that is completed, by whichever process; undefined when nothing was, or while Redis is away. */
  async completion({ importId }: ImportJob): Promise<ImportSummary | undefined> {
    const room = jobRoom(IMPORT_QUEUE, importId);
    try {
      for (let page = await this.emitter.history(room, { limit: PAGE }); ;) {
        const messages = page.events.map(({ data }) => data as JobMessage);
        const completed = messages.find(({ type }) => type === 'job_completed');
        if (completed !== undefined)
          return (completed as { result: ImportSummary | null }).result ?? undefined;
        if (!page.hasMore) return undefined;
        page = await this.emitter.history(room, { after: page.position, limit: PAGE });
      }
    } catch {
      return undefined;
    }
  }

  #whole({ importId, files, round }: ImportJob): ImportQueued {
    const infos = files.map(({ id, name, bytes }) => ({ id, name, bytes }));
    return { importId, time: Date.now(), ...this.identity.origin, files: infos, round };
  }
}
