import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { UploadStore, type JobFile } from '../../imports/index.js';
import { UploadLimits } from './upload-limits.js';

/** An import that is being uploaded. */
export interface Upload {
  importId: string;
  files: JobFile[];
  bytes: number;
  accepted: boolean;
}

type Stored = (error?: unknown, info?: Partial<Express.Multer.File>) => void;

const MAX_NAME_LENGTH = 120;

/**
 * Streams uploads to disk, for multer. Whatever ends a request without its import having been accepted (an error, a
 * limit, the browser going away in the middle), what it has stored so far is removed.
 */
@Injectable()
export class UploadStorage implements StorageEngine {
  readonly #uploads = new WeakMap<Request, Promise<Upload>>();

  constructor(
    private readonly store: UploadStore,
    private readonly limits: UploadLimits,
  ) {}

  /** The import that a request uploads; there is one from the first call on. */
  uploadOf(request: Request): Promise<Upload> {
    let upload = this.#uploads.get(request);
    if (upload === undefined) this.#uploads.set(request, (upload = this.#begin(request)));
    return upload;
  }

  /** Called by multer for each file. */
  _handleFile(request: Request, file: Express.Multer.File, stored: Stored): void {
    this.#receive(request, file).then(
      () => stored(undefined, {}),
      (error: unknown) => stored(error),
    );
  }

  /** Called by multer for each file when one fails; the whole folder is removed anyway. */
  _removeFile(_request: Request, _file: Express.Multer.File, removed: (error: Error | null) => void): void {
    removed(null);
  }

  async #begin(request: Request): Promise<Upload> {
    const upload: Upload = { importId: randomUUID(), files: [], bytes: 0, accepted: false };
    request.res?.once('close', () => {
      if (!upload.accepted) void this.store.remove(upload.importId);
    });
    await this.store.begin(upload.importId);
    return upload;
  }

  async #receive(request: Request, file: Express.Multer.File): Promise<void> {
    const name = displayName(file.originalname);
    if (!/\.csv$/i.test(name)) {
      throw new UnsupportedMediaTypeException(
        `“${name}” is not a CSV file: its name does not end with .csv.`,
      );
    }
    const upload = await this.uploadOf(request);
    const entry: JobFile = { id: String(upload.files.length + 1), name, bytes: 0, source: 'upload' };
    upload.files.push(entry);
    const meter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        entry.bytes += chunk.length;
        upload.bytes += chunk.length;
        const tooLarge = upload.bytes > this.limits.maxUploadBytes;
        done(tooLarge ? new PayloadTooLargeException(this.limits.tooLargeMessage) : null, chunk);
      },
    });
    const path = this.store.partialPath(upload.importId, entry.id);
    await pipeline(file.stream, meter, createWriteStream(path));
  }
}

/** A name fit to be shown: browsers may send a path, and anybody may send anything. */
function displayName(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  const plain = basename(name.replaceAll('\\', '/')).replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
  return plain.length <= MAX_NAME_LENGTH ? plain : `${plain.slice(0, MAX_NAME_LENGTH - 5)}….csv`;
}
