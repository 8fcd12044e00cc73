import { GatewayClientError, type ClientErrorCode, type ClientErrorDetails } from './client-error.js';

/** Tells the application of a failure for which nobody waits; never throws. */
export type Report = (code: ClientErrorCode, message: string, details?: ClientErrorDetails) => void;

/** Makes a {@link Report} of what the application gave as `onError`. */
export function createReport(
  onError: (error: GatewayClientError) => void = (error) => console.error(error),
): Report {
  return (code, message, details) => {
    const error = new GatewayClientError(code, message, details);
    try {
      onError(error);
    } catch (cause) {
      console.error(error, cause);
    }
  };
}
