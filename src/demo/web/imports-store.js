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
 * @property {number} [run] the newest one
 * @property {number} restarts
 * @property {number} time of the first that was heard of it
 * @property {Map<string, FileState>} files
 * @property {string} [message]
 * @property {{ files: number, failedFiles: number, rows: number, problems: number, durationMs: number }} [summary]
 * @property {Origin} [origin]
 * @property {LogLine[]} log
 * @property {number} logged how many events there were
 * @property {string} [missed] why events are missing, if some are
 */

/**
 * What this page knows of the user's imports, from their events alone: those that the user's room has kept, and then
 * each as it happens. They come in one order and once, so nothing here has to compare times or look for doubles.
 *
 * An import whose worker was lost is run again from the beginning. Of its runs, the progress of the newest one is shown.
 * What has ended stays: which run told it first does not matter, and the others' results are not sent at all.
 */
export class ImportsStore {
  /** @type {Map<string, ImportState>} the newest last */
  imports = new Map();

  /**
   * @param {string} event
   * @param {any} data
   * @returns {boolean} whether it was one of an import's events, and is news
   */
  apply(event, data) {
    const handler = HANDLERS[event];
    if (handler === undefined) return false;
    const state = this.#find(data);
    if (!isNews(state, event, data)) return false;
    logEvent(state, event, data);
    if (event !== 'sheet:sync:queued') state.origin = originOf(data);
    handler(state, data);
    return true;
  }

  /** The server has taken an import of this tab. Its events may have overtaken the answer. */
  queued(importId, files) {
    const state = this.#find({ importId, time: Date.now() });
    takeFiles(state, files);
  }

  /**
   * Events are missing, and will not come: what has not ended may have changed without a word.
   *
   * @param {string} reason
   */
  missed(reason) {
    for (const state of this.imports.values()) {
      if (isOver(state)) continue;
      state.missed = reason;
      // A new run may be among what is missing: whatever comes next tells which one it is.
      state.run = undefined;
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
  'sheet:sync:queued': (state, { files }) => takeFiles(state, files),

  'sheet:sync:started': (state, { files }) => takeFiles(state, files),

  'sheet:sync:progress': (state, data) => {
    const file = fileOf(state, data.file);
    if (isOver(file)) return;
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
      if (!isOver(file)) Object.assign(file, { status: 'failed', message });
    }
  },

  'sheet:sync:completed': (state, { files, failedFiles, rows, problems, durationMs }) => {
    Object.assign(state, { status: 'done', summary: { files, failedFiles, rows, problems, durationMs } });
  },
};

function isNews(state, event, { run }) {
  const isOfRun = event === 'sheet:sync:started' || event === 'sheet:sync:progress';
  // A worker that was taken for lost may have ended the import; the other one does not know that yet.
  if (isOfRun && isOver(state)) return false;
  if (event === 'sheet:sync:started' ? run !== state.run : state.run === undefined) beginRun(state, run);
  return event !== 'sheet:sync:progress' || run === state.run;
}

function beginRun(state, run) {
  if (run === undefined || isOver(state)) return;
  if (state.run !== undefined) state.restarts++;
  state.run = run;
  state.status = 'running';
  for (const [id, file] of state.files) if (!isOver(file)) state.files.set(id, newFile(file));
}

/** Whether an import or a file has ended, one way or the other. */
function isOver({ status }) {
  return status === 'done' || status === 'failed';
}

/** All files, in the order of the import, also when an event of a file has overtaken this. */
function takeFiles(state, files) {
  for (const file of files) fileOf(state, file);
  state.files = new Map(files.map(({ id }) => [id, state.files.get(id)]));
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
