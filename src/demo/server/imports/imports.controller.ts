import {
  BadRequestException,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { FilesInterceptor } from '@nestjs/platform-express';
import type { Request } from 'express';
import type { FileInfo } from '../../importer/index.js';
import { ImportNotices, SampleSheets, UploadStore, type ImportJob } from '../../imports/index.js';
import { BearerGuard, userOf } from '../auth/bearer.guard.js';
import { distinctNames } from './distinct-names.js';
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
    private readonly notices: ImportNotices,
  ) {}

  @Get('samples')
  async listSamples(): Promise<{ samples: { name: string; bytes: number }[] }> {
    return { samples: (await this.samples.list()).map(({ name, bytes }) => ({ name, bytes })) };
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
    distinctNames(files);
    await this.store.commit(importId);
    const job: ImportJob = { importId, userId, files, round: 0 };
    await this.#dispatch(upload, job);
    // The other tabs of this user, and this one after a reload. They need not be told before the one that asked.
    void this.notices.queued(job);
    return { importId, files: files.map(({ id, name, bytes }) => ({ id, name, bytes })) };
  }

  /** Has an import that has failed done again, for its user and nobody else. */
  @Post('imports/:importId/retry')
  @HttpCode(202)
  @UseGuards(BearerGuard)
  async retry(
    @Req() request: Request,
    @Param('importId', new ParseUUIDPipe()) importId: string,
  ): Promise<{ importId: string }> {
    const job = await this.dispatcher.retry(importId, userOf(request));
    void this.notices.queued(job);
    return { importId };
  }

  async #dispatch(upload: Upload, job: ImportJob): Promise<void> {
    try {
      await this.dispatcher.dispatch(job);
    } catch (error) {
      // Before the answer: nobody may begin what the user is told was not begun.
      await this.store.remove(job.importId);
      throw error;
    }
    upload.accepted = true;
  }

  async #addSamples(upload: Upload, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const sample = await this.samples.find(name);
      if (sample === undefined) throw new BadRequestException(`There is no sample named “${name}”.`);
      const { bytes } = sample;
      upload.files.push({ id: String(upload.files.length + 1), name, bytes, source: 'sample' });
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
