import type { EmitResult } from '../contract/index.js';

/**
 * What one run of a job says. No method throws or rejects; a promise resolves to what became of it within a few seconds, `queued` when
 * Redis does not have it yet, and need not be awaited. What a newer run of the job has overtaken is `failed` with FENCED, and shown to nobody.
 */
export interface JobReport {
  /** The job has begun. Said once, however often it is run; again when it is run again after it had failed for ever. */
  started(options?: { total?: number | undefined }): Promise<EmitResult>;

  /**
   * How far it has come. Call it as often as you like: the newest value is sent at most every `progressIntervalMs`, the last
   * one always. What is no finite number is left out.
   *
   * @param total @default what `started` was told
   */
  progress(done: number, total?: number | null): void;

  /** A file is being worked on. */
  fileProcessing(file: string): Promise<EmitResult>;

  /** A file is done. In a later run it is not said again. */
  fileCompleted(file: string, result?: unknown): Promise<EmitResult>;

  /** Something went wrong, and the job goes on. */
  error(error: unknown, options?: { file?: string | null }): Promise<EmitResult>;

  /** The run has failed, and there will be another one. */
  failedForNow(error: unknown): Promise<EmitResult>;

  /** The job is done. Nothing more of it is taken, of whatever run. */
  completed(result?: unknown): Promise<EmitResult>;

  /** The job has failed, and is not tried again by itself. */
  failed(error: unknown): Promise<EmitResult>;
}
