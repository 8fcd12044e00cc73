import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';

const PARTIAL = '.partial';

/** A name that this store has made; nothing else is ever touched. */
const OURS = /^[0-9a-f-]{36}(?:\.partial)?$/;

/** Nobody uploads or waits for so long. */
const STALE_AFTER_MS = 24 * 3_600_000;

/**
 * Keeps uploads on disk until they are imported: a folder per import, for which the id of the import is the name.
 *
 * The folder is also the permission to import. While an upload is under way its name ends with `.partial`; a folder
 * that is gone means that the import is done or was withdrawn. So a job that reaches the queue late, after the user
 * was told that it did not, imports nothing.
 */
@Injectable()
export class UploadStore {
  readonly #logger = new Logger(UploadStore.name);
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder of an import that is being uploaded. */
  async begin(importId: string): Promise<void> {
    await mkdir(join(this.#directory, importId + PARTIAL), { recursive: true });
  }

  /** Where to write a file of an import that is being uploaded. */
  partialPath(importId: string, fileId: string): string {
    return join(this.#directory, importId + PARTIAL, `${fileId}.csv`);
  }

  /** Everything is uploaded: the import may begin. */
  async commit(importId: string): Promise<void> {
    await rename(join(this.#directory, importId + PARTIAL), join(this.#directory, importId));
  }

  /** Whether the import may begin. */
  async isCommitted(importId: string): Promise<boolean> {
    return access(join(this.#directory, importId)).then(
      () => true,
      () => false,
    );
  }

  /** Where a file of a committed import is. */
  path(importId: string, fileId: string): string {
    return join(this.#directory, importId, `${fileId}.csv`);
  }

  /** Removes everything of an import: it is done, or withdrawn. Never rejects. */
  async remove(importId: string): Promise<void> {
    for (const name of [importId + PARTIAL, importId]) {
      // A file that is still being opened may appear while its folder is emptied; then it is tried again.
      await rm(join(this.#directory, name), { recursive: true, force: true, maxRetries: 5 }).catch(
        (error: unknown) => this.#logger.warn(`Cannot remove the upload ${name}: ${String(error)}`),
      );
    }
  }

  /** Removes what processes that were killed have left behind more than a day ago. Never rejects. */
  async removeStale(now = Date.now()): Promise<void> {
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      if (!OURS.test(name)) continue;
      const info = await stat(join(this.#directory, name)).catch(() => undefined);
      if (info !== undefined && now - info.mtimeMs > STALE_AFTER_MS) {
        await this.remove(name.replace(PARTIAL, ''));
      }
    }
  }
}
