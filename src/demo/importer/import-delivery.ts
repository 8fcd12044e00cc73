import type { EmitOptions } from 'nestjs-socket-gateway/contract';

/**
 * How the events of an import are kept. A job is run again when its worker is lost, and tells everything again: what
 * happens once in an import has a dedupe key, so that the user is told once, by whichever run is first.
 */
export const importDelivery = {
  /** What may happen several times, such as the beginning of a run. */
  news: (): EmitOptions => ({ delivery: 'durable' }),

  /** How far the import is: a value, of which only the newest matters. */
  progress: (importId: string): EmitOptions => ({ delivery: 'latest', key: importId }),

  /** What became of a file: its result, or why it has none. */
  fileEnd: (importId: string, fileId: string): EmitOptions => ({
    delivery: 'durable',
    dedupeKey: `${importId} file ${fileId}`,
  }),

  /** What became of the whole import. Its progress goes in the same step, so that none is shown after it. */
  end: (importId: string): EmitOptions => ({
    delivery: 'durable',
    dedupeKey: `${importId} end`,
    clears: importId,
  }),
};
