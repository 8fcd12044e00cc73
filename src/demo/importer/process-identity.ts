/** Who runs imports in this process: it goes into every event, so that the page can show where one came from. */
export class ProcessIdentity {
  readonly pid = process.pid;

  constructor(readonly role: 'worker' | 'server') {}
}
