import { Catch, Logger, type ArgumentsHost, type WsExceptionFilter } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';

/** What a client's acknowledgement gets when the handler of its message threw. */
export interface HandlerFailure {
  ok: false;
  /** `HANDLER_FAILED`, or the `code` of the object that a `WsException` was made with. */
  code: string;
  /** Only what a `WsException` says: other errors may tell too much. */
  message?: string;
}

/**
 * Answers a message whose handler threw. Nest's own filter emits `exception` and leaves the acknowledgement, for
 * which the client waits, without an answer. Use it on gateways: `@UseFilters(GatewayExceptionFilter)`.
 */
@Catch()
export class GatewayExceptionFilter implements WsExceptionFilter {
  readonly #logger = new Logger('GatewayExceptionFilter');

  catch(exception: unknown, host: ArgumentsHost): void {
    const failure = describe(exception);
    if (failure.message === undefined) this.#logger.error(exception);
    const acknowledge = host.getArgs<unknown[]>().find((argument) => typeof argument === 'function') as
      ((failure: HandlerFailure) => void) | undefined;
    if (acknowledge) acknowledge(failure);
    else
      host
        .switchToWs()
        .getClient<{ emit(event: string, failure: HandlerFailure): void }>()
        .emit('exception', failure);
  }
}

function describe(exception: unknown): HandlerFailure {
  const failure: HandlerFailure = { ok: false, code: 'HANDLER_FAILED' };
  if (!(exception instanceof WsException)) return failure;
  const said = exception.getError();
  if (typeof said === 'string') return { ...failure, message: said };
  const { code, message } = said as { code?: unknown; message?: unknown };
  return {
    ok: false,
    code: typeof code === 'string' ? code : failure.code,
    message: typeof message === 'string' ? message : exception.message,
  };
}
