import { Logger } from '@nestjs/common';
import type { GatewayLogger, LogFields } from './gateway-logger.js';

/** What lines are: text, or objects of a message and fields. */
export type LogFormat = 'text' | 'fields';

/** Nest's logger, as text for whoever reads it, or as objects for what collects them. */
export function nestLogger(context: string, format: LogFormat): GatewayLogger {
  const logger = new Logger(context);
  return format === 'fields' ? new FieldsLogger(logger) : logger;
}

/** Loggers that make JSON take the properties of an object as fields of the line. */
class FieldsLogger implements GatewayLogger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: string): void {
    this.#logger.log({ message });
  }

  warn(message: string): void {
    this.#logger.warn({ message });
  }

  error(message: string): void {
    this.#logger.error({ message });
  }

  debug(message: string): void {
    this.#logger.debug({ message });
  }

  writeFields(level: 'warn' | 'error', message: string, fields: LogFields): void {
    this.#logger[level]({ message, ...fields });
  }
}
