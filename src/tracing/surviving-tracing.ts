import type { CauseLog } from '../logging/index.js';
import { NO_TRACING, type GatewayTracing } from './gateway-tracing.js';

/**
 * The same without its throwing: what goes wrong in a tracer, an exporter or an application's own tracing must fail no emit and
 * keep no event from anybody. It is logged.
 *
 * @returns undefined when nothing is traced, so that who has none need not ask it
 */
export function survivingTracing(tracing: GatewayTracing, causes: CauseLog): GatewayTracing | undefined {
  if (tracing === NO_TRACING) return undefined;
  const survive = <Result>(action: () => Result): Result | undefined => {
    try {
      return action();
    } catch (error) {
      causes.warn('tracing-failed', `The tracing has failed; the event goes on without: ${nameOf(error)}`);
      return undefined;
    }
  };
  return {
    emit: (call) =>
      survive(() => {
        const emit = tracing.emit(call);
        return (
          emit && {
            traceparent: emit.traceparent,
            end: (outcome) => survive(() => emit.end(outcome)),
          }
        );
      }),
    appended: (step) => survive(() => tracing.appended(step)),
    delivered: (step) => survive(() => tracing.delivered(step)),
  };
}

/** Its message may have anything in it, of the event too. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
