import type { RefusalCode } from '../../contract/index.js';

/** Thrown by an authenticator to refuse a connection: the client sees the code, the log the reason. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  readonly code: RefusalCode;

  /** @param reason for the log; must not contain the token */
  constructor(code: RefusalCode, reason: string) {
    super(reason);
    this.code = code;
  }
}
