import { Injectable, Logger } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { readCsv } from './csv-reader.js';
import { fitResult } from './fit-result.js';
import { ImportReporter } from './import-reporter.js';
import type { ImportRequest, SourceFile } from './import-request.js';
import { ProcessIdentity } from './process-identity.js';
import { ProgressThrottle } from './progress-throttle.js';
import { SheetAnalysis } from './sheet-analysis.js';
import type { FileInfo, ImportProgress, RunEvent } from './sheet-events.js';
import type { SheetResult } from './sheet-result.js';
import { SheetUnreadableError } from './sheet-unreadable-error.js';

type Progress = Omit<ImportProgress, keyof RunEvent>;

const PROGRESS_INTERVAL_MS = 100;

/**
 * Imports CSV files and tells the user's browsers how it goes. It does not know in which process it is: it emits
 * through whatever `SocketEmitter` that process has.
 */
@Injectable()
export class SheetImporter {
  readonly #logger = new Logger(SheetImporter.name);
  readonly #emitter: SocketEmitter;
  readonly #identity: ProcessIdentity;

  constructor(emitter: SocketEmitter, identity: ProcessIdentity) {
    this.#emitter = emitter;
    this.#identity = identity;
  }

  /**
   * Imports the files one after the other. A file that cannot be read is reported and the others go on.
   *
   * @throws the signal's reason when it is aborted; nothing else
   */
  async run(request: ImportRequest, signal?: AbortSignal): Promise<void> {
    const report = new ImportReporter(this.#emitter, this.#identity, request);
    const progress = new ProgressThrottle<Progress>(
      (value) => void report.progress(value),
      PROGRESS_INTERVAL_MS,
    );
    const totals = { files: request.files.length, failedFiles: 0, rows: 0, problems: 0 };
    const startedAt = performance.now();
    try {
      await report.started(request.files.map(infoOf));
      for (const source of request.files) {
        const result = await this.#importFile(source, report, progress, signal);
        totals.failedFiles += result === undefined ? 1 : 0;
        totals.rows += result?.rows ?? 0;
        totals.problems += result?.problems.total ?? 0;
      }
      await report.completed({ ...totals, durationMs: Math.round(performance.now() - startedAt) });
    } finally {
      progress.cancel();
    }
  }

  async #importFile(
    source: SourceFile,
    report: ImportReporter,
    progress: ProgressThrottle<Progress>,
    signal: AbortSignal | undefined,
  ): Promise<SheetResult | undefined> {
    const startedAt = performance.now();
    const file = infoOf(source);
    try {
      const result = await analyse(source, (value) => progress.offer(value), signal);
      await progress.flush();
      const durationMs = Math.round(performance.now() - startedAt);
      await report.file({ file, durationMs, result: fitResult(result) });
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      await progress.flush();
      await report.failed(file, this.#explain(source, error));
      return undefined;
    }
  }

  #explain({ name }: SourceFile, error: unknown): string {
    if (error instanceof SheetUnreadableError) return error.message;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'The file is not there any more.';
    this.#logger.error(`${JSON.stringify(name)} cannot be imported`, (error as Error).stack);
    return 'The file cannot be read because of an error on the server.';
  }
}

async function analyse(
  source: SourceFile,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<SheetResult> {
  const startedAt = performance.now();
  const analysis = new SheetAnalysis();
  const file = infoOf(source);
  await readCsv(
    source.path,
    {
      delimiter: (delimiter) => analysis.delimiter(delimiter),
      row: (fields, line) => analysis.row(fields, line),
      malformed: (line, message) => analysis.malformed(line, message),
      progress: (bytesDone) => {
        const seconds = (performance.now() - startedAt) / 1000;
        onProgress({
          file,
          rows: analysis.rows,
          bytesDone,
          bytesTotal: Math.max(source.bytes, bytesDone),
          rowsPerSecond: seconds > 0 ? Math.round(analysis.rows / seconds) : 0,
          problems: analysis.problemCount,
        });
      },
    },
    signal,
  );
  return analysis.result();
}

function infoOf({ id, name, bytes }: SourceFile): FileInfo {
  return { id, name, bytes };
}
