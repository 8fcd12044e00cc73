import {
  BadRequestException,
  Controller,
  Get,
  HttpCode,
  Post,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { FilesInterceptor } from '@nestjs/platform-express';
import type { Request } from 'express';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { importDelivery, ProcessIdentity, type FileInfo } from '../../importer/index.js';
import { SampleSheets, UploadStore, type SampleSheet } from '../../imports/index.js';
import { BearerGuard, userOf } from '../auth/bearer.guard.js';
import { ImportDispatcher } from './import-dispatcher.js';
import { UploadLimits } from './upload-limits.js';
import { UploadSizeGuard } from './upload-size.guard.js';
import { UploadStorage, type Upload } from './upload.storage.js';

/** What can be imported, and the door for imports. */
@Controller('api')
export class ImportsController {
  constructor(
    private readonly samples: SampleSheets,
    private readonly limits: UploadLimits,
    private readonly storage: UploadStorage,
    private readonly store: UploadStore,
    private readonly dispatcher: ImportDispatcher,
    private readonly emitter: SocketEmitter,
    private readonly identity: ProcessIdentity,
  ) {}

  @Get('samples')
  async listSamples(): Promise<{ samples: SampleSheet[] }> {
    return { samples: await this.samples.list() };
  }

  @Get('limits')
  getLimits(): { maxUploadBytes: number; maxFiles: number; mode: string } {
    const { maxUploadBytes, maxFiles } = this.limits;
    return { maxUploadBytes, maxFiles, mode: this.dispatcher.mode };
  }

  /** Takes CSV files as the multipart field `files`, and names of samples as the field `samples`. */
  @Post('imports')
  @HttpCode(202)
  @UseGuards(BearerGuard, UploadSizeGuard)
  @UseInterceptors(FilesInterceptor('files'))
  async create(@Req() request: Request): Promise<{ importId: string; files: FileInfo[] }> {
    const userId = userOf(request);
    const upload = await this.storage.uploadOf(request);
    await this.#addSamples(upload, sampleNames(request.body));
    const { importId, files } = upload;
    if (files.length === 0) throw new BadRequestException('Choose at least one file.');
    if (files.length > this.limits.maxFiles) {
      throw new BadRequestException(`At most ${this.limits.maxFiles} files can be imported at once.`);
    }
    await this.store.commit(importId);
    await this.#dispatch(upload, userId);
    const infos = files.map(({ id, name, bytes }) => ({ id, name, bytes }));
    const { pid, role } = this.identity;
    const queued = { importId, pid, role, time: Date.now(), files: infos };
    // The other tabs of this user, and this one after a reload. They need not be told before the one that asked.
    void this.emitter.emitToUser(userId, 'sheet:sync:queued', queued, importDelivery.news());
    return { importId, files: infos };
  }

  async #dispatch(upload: Upload, userId: string): Promise<void> {
    const { importId, files } = upload;
    try {
      await this.dispatcher.dispatch({ importId, userId, files });
    } catch (error) {
      // Before the answer: nobody may begin what the user is told was not begun.
      await this.store.remove(importId);
      throw error;
    }
    upload.accepted = true;
  }

  async #addSamples(upload: Upload, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const sample = await this.samples.find(name);
      if (sample === undefined) throw new BadRequestException(`There is no sample named “${name}”.`);
      upload.files.push({ id: String(upload.files.length + 1), ...sample, source: 'sample' });
    }
  }
}

function sampleNames(body: unknown): string[] {
  const samples = (body as { samples?: unknown } | undefined)?.samples ?? [];
  const names: unknown[] = Array.isArray(samples) ? samples : [samples];
  if (!names.every((name) => typeof name === 'string')) {
    throw new BadRequestException('The field “samples” must be names of samples.');
  }
  return [...new Set(names)];
}
