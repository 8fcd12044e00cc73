/** More lines than this are forgotten, the oldest first. */
const MAX_LOG_LINES = 200;

/**
 * @typedef {{ role: string, pid: number }} Origin
 *
 * @typedef {object} FileState
 * @property {string} name
 * @property {number} bytes
 * @property {'waiting' | 'running' | 'done' | 'failed'} status
 * @property {number} bytesDone
 * @property {number} [durationMs]
 * @property {any} [sheet] what was found in it
 * @property {string} [message]
 * @property {Origin} [by] the process that has read it, or reads it
 *
 * @typedef {object} LogLine
 * @property {number} time
 * @property {string} event
 * @property {string} [file]
 * @property {Origin} [by]
 * @property {number} count how many of them in a row
 */

/**
 * What is known of one import. Files that have ended stay so, whichever run of the job told it: the next run does not
 * say it again. Everything begins anew when its user has asked for it again.
 */
export class ImportState {
  /** @type {'queued' | 'running' | 'retrying' | 'done' | 'failed'} */
  status = 'queued';
  /** How often its user has asked for it again. */
  round = 0;
  /** How often another process had to begin in this round, because the one before was lost. */
  restarts = 0;
  /** How often a process has begun with it in this round. */
  runs = 0;
  /** The file in whose middle the lost process was: what it had read of it is lost. @type {string | undefined} */
  interrupted;
  /** Of the files that had ended when the last process began: it reads them again, and says nothing new of them. */
  #bytesBefore = 0;
  /** Each by its name, in the order of the import. @type {Map<string, FileState>} */
  files = new Map();
  /** @type {string | undefined} */
  message;
  /** @type {{ files: number, failedFiles: number, rows: number, problems: number, durationMs: number } | undefined} */
  summary;
  /** The process that does it, or did. @type {Origin | undefined} */
  by;
  /** @type {{ done: number, total: number | null, rate: number | null, remainingMs: number | null } | undefined} */
  progress;
  /** @type {LogLine[]} */
  log = [];
  /** How many events there were. */
  logged = 0;
  /** Why events are missing, if some are. @type {string | undefined} */
  missed;
  /** When the last event of it came to this page, in milliseconds of `performance.now()`. */
  heardAt = 0;
  /** Whether that was told as it happened. What was only caught up with may have happened long before. */
  isHeardLive = true;

  /**
   * @param {string} importId
   * @param {number} time of the first that was heard of it
   */
  constructor(importId, time) {
    this.importId = importId;
    this.time = time;
  }

  get isOver() {
    return this.status === 'done' || this.status === 'failed';
  }

  /**
   * How much of it is done, from 0 to 1: what the user has got, however often it is read. Undefined while it is not known.
   *
   * @returns {number | undefined}
   */
  get share() {
    const files = [...this.files.values()];
    const total = sum(files.map(({ bytes }) => bytes));
    if (total > 0) return sum(files.map((file) => (isOver(file) ? file.bytes : file.bytesDone))) / total;
    return this.progress?.total > 0 ? this.progress.done / this.progress.total : undefined;
  }

  /** Whether the process that has it is not further yet than the one before was. */
  get isRereading() {
    return this.status === 'running' && (this.progress?.done ?? 0) < this.#bytesBefore;
  }

  /** The user has asked for it again: nothing of before counts. */
  beginRound(round) {
    Object.assign(this, { round, status: 'queued', restarts: 0, runs: 0 });
    this.message = this.summary = this.progress = this.by = this.interrupted = undefined;
    this.#bytesBefore = 0;
    for (const [name, file] of this.files) this.files.set(name, newFile(file));
  }

  /** A process begins with it: what was not done is done by this one, from the beginning. */
  beginRun(by) {
    const files = [...this.files.values()];
    if (this.status === 'running') {
      this.restarts++;
      this.interrupted = files.find(({ status }) => status === 'running')?.name;
    }
    this.runs++;
    this.#bytesBefore = sum(files.filter(isOver).map(({ bytes }) => bytes));
    this.by = by;
    this.status = 'running';
    this.message = this.progress = undefined;
    for (const [name, file] of this.files) if (!isOver(file)) this.files.set(name, newFile(file));
  }

  /** All files, in the order of the import, also when what is told of one has overtaken this. */
  takeFiles(files) {
    const known = this.files;
    this.files = new Map(files.map((file) => [file.name, known.get(file.name) ?? newFile(file)]));
    for (const { name, bytes } of files) this.files.get(name).bytes = bytes;
  }

  /** @returns {FileState} */
  file(name) {
    let file = this.files.get(name);
    if (file === undefined) this.files.set(name, (file = newFile({ name, bytes: 0 })));
    return file;
  }

  /** Progress counts the bytes of all files, which are read one after the other. */
  advance({ done, total, rate, remainingMs }) {
    this.progress = { done, total, rate, remainingMs };
    let before = 0;
    for (const file of this.files.values()) {
      const bytesDone = Math.min(Math.max(0, done - before), file.bytes);
      if (!isOver(file) && bytesDone > 0) Object.assign(file, { status: 'running', bytesDone, by: this.by });
      before += file.bytes;
    }
  }

  fail(message) {
    Object.assign(this, { status: 'failed', message, progress: undefined });
    for (const file of this.files.values()) {
      if (!isOver(file)) Object.assign(file, { status: 'failed', message });
    }
  }

  /** Adds to the log. Events of one kind in a row are one line. */
  note(event, { time, file, by }) {
    this.logged++;
    const last = this.log.at(-1);
    if (last?.event === event && last.file === file && last.by?.pid === by?.pid) {
      last.count++;
      last.time = time;
      return;
    }
    this.log.push({ time, event, file, by, count: 1 });
    if (this.log.length > MAX_LOG_LINES) this.log.shift();
  }
}

/** Whether a file has ended, one way or the other. */
export function isOver({ status }) {
  return status === 'done' || status === 'failed';
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @returns {FileState} */
function newFile({ name, bytes }) {
  return { name, bytes, status: 'waiting', bytesDone: 0 };
}
