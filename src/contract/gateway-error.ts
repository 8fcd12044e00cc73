import { ERROR_CODES, type GatewayErrorCode } from './error-codes.js';

const BRAND = Symbol.for('nestjs-socket-gateway:GatewayError');

/**
 * The one error class of the library. Its message says what happened, with which value, and what to do; it never
 * contains a token, a secret or a payload. Recognise it with {@link isGatewayError}, not with `instanceof`, which
 * fails between two copies of the package.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  /** Why, in a form that a program can read. */
  readonly code: GatewayErrorCode;

  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: GatewayErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether `error` is a {@link GatewayError}, of this copy of the package or another, and has the code if one is given.
 * Never throws, whatever it is given.
 */
export function isGatewayError(error: unknown, code?: GatewayErrorCode): error is GatewayError {
  if (typeof error !== 'object' || error === null) return false;
  try {
    const { [BRAND]: brand, code: actual } = error as { [BRAND]?: unknown; code?: unknown };
    return brand === true && typeof actual === 'string' && (code === undefined || actual === code);
  } catch {
    // A proxy, or a getter, that throws.
    return false;
  }
}
