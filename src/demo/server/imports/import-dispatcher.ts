import type { ImportJob } from '../../imports/index.js';

/** Hands imports to the process that does them: over the queue to a worker, or to this server itself. */
export abstract class ImportDispatcher {
  /** Which of the two it is. */
  abstract readonly mode: 'workers' | 'single-process';

  /**
   * @throws ServiceUnavailableException within 3 s when nobody can be given the import; it will then never be done,
   * provided that its upload is removed.
   */
  abstract dispatch(job: ImportJob): Promise<void>;

  /**
   * Has an import of this user that has failed done again.
   *
   * @throws NotFoundException, the same whether there is no such import or it is another's; ConflictException when it has
   * not failed; GoneException when what was uploaded is not kept any more; ServiceUnavailableException as {@link dispatch}
   * @returns the import, for the next round
   */
  abstract retry(importId: string, userId: string): Promise<ImportJob>;
}
