/** What a line tells beside its text, for those who search a log by fields. */
export interface LogFields {
  /** Why it was written: a short fixed text, such as `redis-away:publish`. */
  readonly cause: string;
  /** How many lines of this cause were left out before it; not there when none was. */
  readonly repeats?: number;
}

/** Where the library writes its lines; Nest's `Logger` is one, and so is anything with these methods. */
export interface GatewayLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug?(message: string): void;
  /** Called instead of `warn` and `error` for lines that have fields, where it is there. */
  writeFields?(level: 'warn' | 'error', message: string, fields: LogFields): void;
}
