import type { LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';
import type { GatewayLogger } from '../../src/logging/index.js';

/** Keeps every line of the library, or of a whole application in this process, with its level in front: `warn: …`. */
export class RecordingLogger implements GatewayLogger, LoggerService {
  readonly lines: string[] = [];

  readonly log = this.#keep('log');
  readonly warn = this.#keep('warn');
  readonly error = this.#keep('error');
  readonly debug = this.#keep('debug');
  readonly verbose = this.#keep('verbose');
  readonly fatal = this.#keep('fatal');

  /** The lines that contain `text`. */
  with(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  /** Everything, for assertions about what must not be in it. */
  get output(): string {
    return this.lines.join('\n');
  }

  #keep(level: string): (...parts: unknown[]) => void {
    return (...parts) => {
      const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
      this.lines.push(`${level}: ${text}`);
    };
  }
}
