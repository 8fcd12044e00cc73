import { ImportState } from './import-state.js';

/** More imports than this are forgotten, the oldest first. */
const MAX_IMPORTS = 20;

/** Of what this page shows the jobs. */
const QUEUE = 'sheet-import';

/**
 * What this page knows of the user's imports, from events alone: those that the user's room has kept, and then each as it
 * happens. They come in one order and once, and older runs of a job are refused by the library, so nothing here has to
 * compare times or look for doubles.
 */
export class ImportsStore {
  /** @type {Map<string, ImportState>} the newest last */
  imports = new Map();

  /** @param {() => number} [now] */
  constructor(now = () => performance.now()) {
    this.now = now;
  }

  /**
   * @param {string} event
   * @param {any} data
   * @param {{ isLive?: boolean }} [options] whether it is told as it happens; what is only caught up with is of any age
   * @returns {boolean} whether it was one of an import's events, and is news
   */
  apply(event, data, { isLive = true } = {}) {
    const [name, importId] =
      event === 'gateway:job' ? [data.queue === QUEUE && data.type, data.jobId] : [event, data.importId];
    const handler = HANDLERS[name];
    if (handler === undefined) return false;
    const state = this.#find(importId, data.time);
    if (!isNews(state, name, data)) return false;
    const { time, file } = data;
    handler(state, data, isLive);
    state.heardAt = this.now();
    state.isHeardLive = isLive;
    state.note(name, {
      time,
      file: file ?? undefined,
      by: data.pid === undefined ? state.by : originOf(data),
    });
    return true;
  }

  /** The server has taken an import of this tab. Its events may have overtaken the answer. */
  queued(importId, files) {
    this.#find(importId, Date.now()).takeFiles(files);
  }

  /**
   * Events are missing, and will not come: what has not ended may have changed without a word.
   *
   * @param {string} reason
   */
  missed(reason) {
    for (const state of this.imports.values()) if (!state.isOver) state.missed = reason;
  }

  #find(importId, time) {
    let state = this.imports.get(importId);
    if (state === undefined) {
      this.imports.set(importId, (state = new ImportState(importId, time)));
      for (const oldest of this.imports.keys()) {
        if (this.imports.size <= MAX_IMPORTS) break;
        this.imports.delete(oldest);
      }
    }
    return state;
  }
}

const HANDLERS = {
  'sheet:sync:queued': (state, { files, round }) => {
    // A process may have begun before this was told.
    if (round > state.round) state.beginRound(round);
    state.takeFiles(files);
  },

  'sheet:sync:taken': (state, data) => {
    if (data.round > state.round) state.beginRound(data.round);
    state.takeFiles(data.files);
    state.beginRun(originOf(data));
  },

  job_started: (state) => {
    // Told anew after it had failed; that its user has asked for it is among what is missing.
    if (state.isOver) state.beginRound(state.round);
    state.status = 'running';
  },

  job_progress: (state, data, isLive) => {
    state.status = 'running';
    // How far it came has happened; how fast it is and how long it will take is only true when it is said.
    state.advance(isLive ? data : { ...data, rate: null, remainingMs: null });
  },

  file_processing: (state, { file }) => {
    state.status = 'running';
    Object.assign(state.file(file), { status: 'running', by: state.by });
  },

  file_completed: (state, { file: name, result }) => {
    const file = state.file(name);
    const { sheet, durationMs, by } = result ?? {};
    Object.assign(file, { status: 'done', bytesDone: file.bytes, sheet, durationMs, by: by ?? state.by });
  },

  error: (state, { file, error: { message }, willRetry }) => {
    if (file !== null) Object.assign(state.file(file), { status: 'failed', message, by: state.by });
    if (willRetry) Object.assign(state, { status: 'retrying', message, progress: undefined });
  },

  job_completed: (state, { result }) => {
    Object.assign(state, {
      status: 'done',
      message: undefined,
      progress: undefined,
      summary: result ?? undefined,
    });
  },

  job_failed: (state, { error }) => state.fail(error.message),
};

/** Nothing is news of an import that has ended, but that its user has asked for it again. */
function isNews(state, name, { round }) {
  if (name === 'sheet:sync:queued') return true;
  if (name === 'sheet:sync:taken') return round > state.round || !state.isOver;
  return !state.isOver || (name === 'job_started' && state.status === 'failed');
}

function originOf({ role, pid }) {
  return { role, pid };
}
