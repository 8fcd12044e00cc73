/** The process that an event comes from. */
export interface EventOrigin {
  pid: number;
  role: 'worker' | 'server';
}

/** Who runs imports in this process: it is told with what it does, so that the page can show where that came from. */
export class ProcessIdentity {
  readonly origin: EventOrigin;

  constructor(role: EventOrigin['role']) {
    this.origin = Object.freeze({ pid: process.pid, role });
  }
}
