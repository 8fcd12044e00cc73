import type { SocketEmitter } from 'nestjs-socket-gateway/contract';
import type { ImportRequest } from './import-request.js';
import type { ProcessIdentity } from './process-identity.js';
import type { FileImported, FileInfo, ImportCompleted, ImportProgress, RunEvent } from './sheet-events.js';

type Of<Payload extends RunEvent> = Omit<Payload, keyof RunEvent>;

/**
 * Tells a user's browsers how one run of an import goes. An emit never rejects: a browser that is not told is no
 * reason to stop the import, and the library has logged it.
 */
export class ImportReporter {
  readonly #emitter: SocketEmitter;
  readonly #identity: ProcessIdentity;
  readonly #request: ImportRequest;
  readonly #run = Date.now();

  constructor(emitter: SocketEmitter, identity: ProcessIdentity, request: ImportRequest) {
    this.#emitter = emitter;
    this.#identity = identity;
    this.#request = request;
  }

  async started(files: FileInfo[]): Promise<void> {
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:started', { ...this.#common(), files });
  }

  async progress(progress: Of<ImportProgress>): Promise<void> {
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:progress', { ...this.#common(), ...progress });
  }

  async file(imported: Of<FileImported>): Promise<void> {
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:file', { ...this.#common(), ...imported });
  }

  async failed(file: FileInfo, message: string): Promise<void> {
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:failed', { ...this.#common(), file, message });
  }

  async completed(summary: Of<ImportCompleted>): Promise<void> {
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:completed', { ...this.#common(), ...summary });
  }

  get #user(): string {
    return this.#request.userId;
  }

  #common(): RunEvent {
    const { pid, role } = this.#identity;
    return { importId: this.#request.importId, run: this.#run, pid, role, time: Date.now() };
  }
}
