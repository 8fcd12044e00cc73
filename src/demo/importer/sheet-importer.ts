import { Injectable, Logger } from '@nestjs/common';
import type { JobReport } from 'nestjs-socket-gateway/jobs';
import { readCsv } from './csv-reader.js';
import { fitResult } from './fit-result.js';
import { ImportFailedError } from './import-failed-error.js';
import type { SourceFile } from './import-request.js';
import type { FileResult, ImportSummary } from './import-result.js';
import { ProcessIdentity } from './process-identity.js';
import { SheetAnalysis } from './sheet-analysis.js';
import type { SheetResult } from './sheet-result.js';
import { SheetUnreadableError } from './sheet-unreadable-error.js';

/** The files that the report of an import is about, and how far it is in them. */
class Totals {
  readonly #startedAt = performance.now();
  /** Bytes of the files that have ended, one way or the other. */
  bytesBefore = 0;
  failedFiles = 0;
  /** Files that could not be read, though nothing may be wrong with them. */
  lostFiles = 0;
  rows = 0;
  problems = 0;

  constructor(readonly files: readonly SourceFile[]) {}

  get bytes(): number {
    return this.files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  summary(): ImportSummary {
    const { files, failedFiles, rows, problems } = this;
    return { files: files.length, failedFiles, rows, problems, durationMs: since(this.#startedAt) };
  }
}

/** Imports CSV files and reports how it goes. It does not know in which process it is, nor who listens. */
@Injectable()
export class SheetImporter {
  readonly #logger = new Logger(SheetImporter.name);
  readonly #identity: ProcessIdentity;

  constructor(identity: ProcessIdentity) {
    this.#identity = identity;
  }

  /**
   * Imports the files one after the other. A file that cannot be read is reported and the others go on. Progress is
   * counted in bytes of all files.
   *
   * @throws ImportFailedError when no file could be read, or one could not for a reason that is not in the file; the
   * signal's reason when it is aborted; nothing else
   */
  async run(files: readonly SourceFile[], report: JobReport, signal?: AbortSignal): Promise<ImportSummary> {
    const totals = new Totals(files);
    for (const source of files) {
      await report.fileProcessing(source.name);
      await this.#importFile(source, report, totals, signal);
      totals.bytesBefore += source.bytes;
      report.progress(totals.bytesBefore, totals.bytes);
    }
    if (totals.lostFiles > 0) throw new ImportFailedError('Not every file could be read. Try again.');
    if (totals.failedFiles === files.length) throw new ImportFailedError('No file could be read.');
    return totals.summary();
  }

  async #importFile(
    source: SourceFile,
    report: JobReport,
    totals: Totals,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const startedAt = performance.now();
    const { bytesBefore, bytes } = totals;
    try {
      const sheet = await analyse(
        source.path,
        (bytesDone) => report.progress(bytesBefore + Math.min(bytesDone, source.bytes), bytes),
        signal,
      );
      const by = this.#identity.origin;
      const result: FileResult = { sheet: fitResult(sheet), durationMs: since(startedAt), by };
      await report.fileCompleted(source.name, result);
      totals.rows += sheet.rows;
      totals.problems += sheet.problems.total;
    } catch (error) {
      signal?.throwIfAborted();
      totals.failedFiles++;
      if (!(error instanceof SheetUnreadableError)) totals.lostFiles++;
      await report.error(this.#explain(source, error), { file: source.name });
    }
  }

  #explain({ name }: SourceFile, error: unknown): Error {
    if (error instanceof SheetUnreadableError) return error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Error('The file is not there.');
    this.#logger.error(`${JSON.stringify(name)} cannot be imported`, (error as Error).stack);
    return new Error('The file cannot be read because of an error on the server.');
  }
}

function analyse(
  path: string,
  onProgress: (bytesDone: number) => void,
  signal: AbortSignal | undefined,
): Promise<SheetResult> {
  const analysis = new SheetAnalysis();
  return readCsv(
    path,
    {
      delimiter: (delimiter) => analysis.delimiter(delimiter),
      row: (fields, line) => analysis.row(fields, line),
      malformed: (line, message) => analysis.malformed(line, message),
      progress: onProgress,
    },
    signal,
  ).then(() => analysis.result());
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
