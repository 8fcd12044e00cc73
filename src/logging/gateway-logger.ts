/** Where the library writes its lines; Nest's `Logger` is one, and so is anything with these methods. */
export interface GatewayLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug?(message: string): void;
}
