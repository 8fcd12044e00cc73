import type { RefusalCode } from '../../contract/index.js';

/** Thrown by an authenticator to refuse a connection: the client sees the code, the log the reason. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  readonly code: RefusalCode;
  readonly retryAfterMs: number | undefined;

  /**
   * @param reason for the log; must not contain the token
   * @param retryAfterMs until then the same would be refused again
   */
  constructor(code: RefusalCode, reason: string, retryAfterMs?: number) {
    super(reason);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
