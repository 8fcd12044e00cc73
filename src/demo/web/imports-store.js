/** More imports than this are forgotten, the oldest first. */
const MAX_IMPORTS = 20;

/** More lines than this are forgotten, the oldest first. */
const MAX_LOG_LINES = 200;

/**
 * @typedef {{ role: string, pid: number }} Origin
 *
 * @typedef {object} FileState
 * @property {string} id
 * @property {string} name
 * @property {number} bytes
 * @property {'waiting' | 'running' | 'done' | 'failed'} status
 * @property {number} bytesDone
 * @property {number} rows
 * @property {number} rowsPerSecond
 * @property {number} problems
 * @property {number} [durationMs]
 * @property {any} [result]
 * @property {string} [message]
 * @property {Origin} [origin] the process that the newest event of this file came from
 *
 * @typedef {object} LogLine
 * @property {number} time
 * @property {string} event
 * @property {string} [file]
 * @property {Origin} origin
 * @property {number} count how many of them in a row
 *
 * @typedef {object} ImportState
 * @property {string} importId
 * @property {'queued' | 'running' | 'done' | 'failed'} status
 * @property {number} [run]
 * @property {number} restarts
 * @property {number} time of the first that was heard of it
 * @property {Map<string, FileState>} files
 * @property {string} [message]
 * @property {{ files: number, failedFiles: number, rows: number, problems: number, durationMs: number }} [summary]
 * @property {Origin} [origin]
 * @property {LogLine[]} log
 * @property {number} logged how many events there were
 * @property {boolean} missed whether events may have been missed while this page was offline
 */

/**
 * What this page knows of the user's imports, from their events alone. A page that opens in the middle of an import,
 * or comes back to it, is shown what comes from then on.
 *
 * An import whose worker died is run again from the beginning. Its events carry the time at which their run began:
 * a later run replaces what the earlier one has told, and the earlier one, should its worker be alive after all, is
 * not listened to any more. So each result is there once at the end.
 */
export class ImportsStore {
  /** @type {Map<string, ImportState>} the newest last */
  imports = new Map();

  /**
   * @param {string} event
   * @param {any} data
   * @returns {boolean} whether it was one of an import's events, and of its newest run
   */
  apply(event, data) {
    const handler = HANDLERS[event];
    if (handler === undefined) return false;
    const state = this.#find(data);
    if (data.run !== undefined && !beginRun(state, data)) return false;
    logEvent(state, event, data);
    state.origin = { role: data.role, pid: data.pid };
    handler(state, data);
    return true;
  }

  /** The server has taken an import of this tab. Its events may have overtaken the answer. */
  queued(importId, files) {
    const state = this.#find({ importId, time: Date.now() });
    if (state.run === undefined) state.files = new Map(files.map((file) => [file.id, newFile(file)]));
  }

  /** Events may have been missed: what is not done may have changed without a word. */
  offline() {
    for (const state of this.imports.values()) {
      if (state.status === 'queued' || state.status === 'running') state.missed = true;
    }
  }

  #find({ importId, time }) {
    let state = this.imports.get(importId);
    if (state === undefined) {
      state = {
        importId,
        status: 'queued',
        restarts: 0,
        time,
        files: new Map(),
        log: [],
        logged: 0,
        missed: false,
      };
      this.imports.set(importId, state);
      for (const oldest of this.imports.keys()) {
        if (this.imports.size <= MAX_IMPORTS) break;
        this.imports.delete(oldest);
      }
    }
    return state;
  }
}

const HANDLERS = {
  'sheet:sync:queued': (state, { files }) => {
    if (state.run !== undefined) return;
    state.files = new Map(files.map((file) => [file.id, newFile(file)]));
  },

  'sheet:sync:started': (state, { files }) => {
    for (const file of files) fileOf(state, file);
    // In the order of the import, also when an event of a file has overtaken this one.
    state.files = new Map(files.map(({ id }) => [id, state.files.get(id)]));
  },

  'sheet:sync:progress': (state, data) => {
    const file = fileOf(state, data.file);
    if (file.status === 'done' || file.status === 'failed') return;
    const { bytesDone, rows, rowsPerSecond, problems } = data;
    Object.assign(file, {
      status: 'running',
      bytesDone,
      rows,
      rowsPerSecond,
      problems,
      origin: originOf(data),
    });
  },

  'sheet:sync:file': (state, data) => {
    const { result, durationMs } = data;
    const file = fileOf(state, data.file);
    Object.assign(file, {
      status: 'done',
      bytesDone: file.bytes,
      rows: result.rows,
      rowsPerSecond: durationMs > 0 ? Math.round((result.rows / durationMs) * 1000) : 0,
      problems: result.problems.total,
      durationMs,
      result,
      origin: originOf(data),
    });
  },

  'sheet:sync:failed': (state, data) => {
    const { message } = data;
    if (data.file !== undefined) {
      Object.assign(fileOf(state, data.file), { status: 'failed', message, origin: originOf(data) });
      return;
    }
    Object.assign(state, { status: 'failed', message });
    for (const file of state.files.values()) {
      if (file.status !== 'done' && file.status !== 'failed')
        Object.assign(file, { status: 'failed', message });
    }
  },

  'sheet:sync:completed': (state, { files, failedFiles, rows, problems, durationMs }) => {
    Object.assign(state, { status: 'done', summary: { files, failedFiles, rows, problems, durationMs } });
  },
};

/** @returns {boolean} false for an event of a run that is not the newest */
function beginRun(state, { run }) {
  if (state.run === run) return true;
  if (state.run !== undefined && run < state.run) return false;
  if (state.run !== undefined) state.restarts++;
  state.run = run;
  state.status = 'running';
  delete state.summary;
  delete state.message;
  for (const [id, file] of state.files) state.files.set(id, newFile(file));
  return true;
}

function fileOf(state, { id, name, bytes }) {
  let file = state.files.get(id);
  if (file === undefined) state.files.set(id, (file = newFile({ id, name, bytes })));
  return file;
}

/** @returns {FileState} */
function newFile({ id, name, bytes }) {
  return { id, name, bytes, status: 'waiting', bytesDone: 0, rows: 0, rowsPerSecond: 0, problems: 0 };
}

function originOf({ role, pid }) {
  return { role, pid };
}

function logEvent(state, event, data) {
  state.logged++;
  const last = state.log.at(-1);
  const { time } = data;
  const file = data.file?.name;
  if (last?.event === event && last.file === file && last.origin.pid === data.pid) {
    last.count++;
    last.time = time;
    return;
  }
  state.log.push({ time, event, file, origin: originOf(data), count: 1 });
  if (state.log.length > MAX_LOG_LINES) state.log.shift();
}
