import type { LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';

/** Keeps every line of an application in this process, with its level. */
export class CollectingLogger implements LoggerService {
  readonly lines: string[] = [];

  readonly log = this.#keep('LOG');
  readonly warn = this.#keep('WARN');
  readonly error = this.#keep('ERROR');
  readonly debug = this.#keep('DEBUG');
  readonly verbose = this.#keep('VERBOSE');
  readonly fatal = this.#keep('FATAL');

  /** Everything, for assertions about what must not be in it. */
  get output(): string {
    return this.lines.join('\n');
  }

  #keep(level: string): (...parts: unknown[]) => void {
    return (...parts) => {
      const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
      this.lines.push(`${level} ${text}`);
    };
  }
}
