import type { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { importDelivery } from './import-delivery.js';
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

  /** Told by every run: a second one says that the worker of the first is lost. */
  async started(files: FileInfo[]): Promise<void> {
    const data = { ...this.#common(), files };
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:started', data, importDelivery.news());
  }

  async progress(progress: Of<ImportProgress>): Promise<void> {
    const data = { ...this.#common(), ...progress };
    await this.#emitter.emitToUser(
      this.#user,
      'sheet:sync:progress',
      data,
      importDelivery.progress(this.#id),
    );
  }

  async file(imported: Of<FileImported>): Promise<void> {
    const data = { ...this.#common(), ...imported };
    const delivery = importDelivery.fileEnd(this.#id, imported.file.id);
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:file', data, delivery);
  }

  async failed(file: FileInfo, message: string): Promise<void> {
    const data = { ...this.#common(), file, message };
    const delivery = importDelivery.fileEnd(this.#id, file.id);
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:failed', data, delivery);
  }

  async completed(summary: Of<ImportCompleted>): Promise<void> {
    const data = { ...this.#common(), ...summary };
    await this.#emitter.emitToUser(this.#user, 'sheet:sync:completed', data, importDelivery.end(this.#id));
  }

  get #id(): string {
    return this.#request.importId;
  }

  get #user(): string {
    return this.#request.userId;
  }

  #common(): RunEvent {
    const { pid, role } = this.#identity;
    return { importId: this.#id, run: this.#run, pid, role, time: Date.now() };
  }
}
