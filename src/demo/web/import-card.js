import { el, setText } from './dom.js';
import * as format from './format.js';
import { sheetDetail } from './sheet-detail.js';

const STATUS = { queued: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed' };

/**
 * Shows one import. Its elements are made once and updated in place, so that nothing that has the focus, is selected
 * or scrolled is lost while events come in.
 */
export class ImportCard {
  #rows = new Map();
  #selected;
  #shown;
  #expanded = true;
  #logShown = -1;

  constructor(importId) {
    this.importId = importId;
    const detailId = `detail-${importId}`;
    this.badge = el('span', { class: 'badge' });
    this.title = el('h3', { class: 'card-title' });
    this.facts = el('p', { class: 'card-facts muted' });
    this.toggle = el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-expanded': 'true',
        'aria-controls': detailId,
        onclick: () => this.expand(!this.#expanded),
      },
      'Hide details',
    );
    this.note = el('p', { class: 'card-note', hidden: true });
    this.fileList = el('ul', { class: 'files' });
    this.detail = el('div', { class: 'detail-area' });
    this.logSummary = el('summary', {}, 'Events');
    this.logBody = el('tbody');
    this.log = el(
      'details',
      { class: 'log', ontoggle: () => this.#renderLog() },
      this.logSummary,
      el(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Events of this import' },
        el(
          'table',
          {},
          el(
            'thead',
            {},
            el(
              'tr',
              {},
              ...['Time', 'Event', 'File', 'From'].map((name) => el('th', { scope: 'col' }, name)),
            ),
          ),
          this.logBody,
        ),
      ),
    );
    this.body = el('div', { id: detailId, class: 'card-body' }, this.detail, this.log);
    this.element = el(
      'article',
      { class: 'panel card', 'data-import': importId },
      el(
        'header',
        { class: 'card-head' },
        this.badge,
        el('div', { class: 'card-heading' }, this.title, this.facts),
        this.toggle,
      ),
      this.note,
      this.fileList,
      this.body,
    );
  }

  /** @param {import('./imports-store.js').ImportState} state */
  update(state) {
    this.state = state;
    this.element.dataset.status = state.status;
    setText(this.badge, STATUS[state.status]);
    this.badge.dataset.status = state.status;
    setText(this.title, titleOf(state));
    setText(this.facts, factsOf(state));
    this.#updateNote(state);
    this.#updateFiles(state);
    this.#updateDetail(state);
    setText(this.logSummary, `Events (${format.count(state.logged)})`);
    this.#renderLog();
  }

  /** Shows or hides what is below the files. */
  expand(expanded) {
    this.#expanded = expanded;
    this.body.hidden = !expanded;
    this.toggle.setAttribute('aria-expanded', String(expanded));
    setText(this.toggle, expanded ? 'Hide details' : 'Show details');
  }

  #updateNote(state) {
    const ended = [...state.files.values()].filter(({ status }) => status === 'done' || status === 'failed');
    const unknown = (state.summary?.files ?? 0) - ended.length;
    const notes = [
      state.restarts > 0 && 'Its worker was lost, so another one began again. What was done before stays.',
      state.missed !== undefined && `Events are missing here: ${state.missed}.`,
      unknown > 0 && `${format.plural(unknown, 'result')} of it are not kept any more.`,
      state.files.size > 0 && state.status === 'failed' && state.message,
    ].filter(Boolean);
    this.note.hidden = notes.length === 0;
    setText(this.note, notes.join(' '));
  }

  #updateFiles(state) {
    for (const file of state.files.values()) {
      let row = this.#rows.get(file.id);
      if (row === undefined) {
        row = new FileRow(() => this.#select(file.id));
        this.#rows.set(file.id, row);
        this.fileList.append(row.element);
      }
      row.update(file);
    }
  }

  #select(id) {
    this.#selected = id;
    this.expand(true);
    this.#updateDetail(this.state);
  }

  #updateDetail(state) {
    const finished = [...state.files.values()].filter(
      ({ status }) => status === 'done' || status === 'failed',
    );
    const chosen = this.#selected === undefined ? undefined : state.files.get(this.#selected);
    // Until the user picks one, the first with something to show stays: nothing jumps when the next one is done.
    const file = chosen ?? finished.find(({ status }) => status === 'done') ?? finished[0];
    const shown = file === undefined ? 'none' : `${file.id} ${file.status} ${state.run}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const [id, row] of this.#rows) row.select(id === file?.id);
    this.detail.replaceChildren(sheetDetail(file));
  }

  #renderLog() {
    if (!this.log.open || this.state === undefined || this.#logShown === this.state.logged) return;
    this.#logShown = this.state.logged;
    this.logBody.replaceChildren(...this.state.log.map(logRow).reverse());
  }
}

/** One file of an import: its name, how far it is, and which process says so. */
class FileRow {
  constructor(onSelect) {
    this.name = el('button', { type: 'button', class: 'file-name', onclick: onSelect });
    this.size = el('span', { class: 'file-size muted' });
    this.progress = el('progress', { max: 1, value: 0 });
    this.rows = el('span', { class: 'fact' });
    this.speed = el('span', { class: 'fact' });
    this.problems = el('span', { class: 'fact problems-count' });
    this.origin = el('span', { class: 'origin' });
    this.message = el('p', { class: 'file-message failure', hidden: true });
    this.facts = el('div', { class: 'file-facts' }, this.rows, this.speed, this.problems);
    this.element = el(
      'li',
      { class: 'file' },
      el('div', { class: 'file-head' }, this.name, this.size, this.origin),
      this.progress,
      this.facts,
      this.message,
    );
  }

  update(file) {
    const { name, bytes, status, bytesDone, rows, rowsPerSecond, problems, message, origin } = file;
    this.element.dataset.status = status;
    setText(this.name, name);
    this.name.title = name;
    setText(this.size, format.bytes(bytes));
    this.progress.setAttribute('aria-label', `Progress of ${name}`);
    const share =
      status === 'done' ? 1 : status === 'failed' || bytes === 0 ? 0 : Math.min(1, bytesDone / bytes);
    this.progress.value = share;
    setText(
      this.rows,
      status === 'waiting' ? 'waiting' : `${format.count(rows)} ${rows === 1 ? 'row' : 'rows'}`,
    );
    setText(this.speed, rowsPerSecond > 0 ? `${format.count(rowsPerSecond)} rows/s` : '');
    setText(
      this.problems,
      problems > 0 ? format.plural(problems, 'problem') : status === 'done' ? 'no problems' : '',
    );
    this.problems.dataset.some = String(problems > 0);
    setText(this.origin, origin === undefined ? '' : `${origin.role} ${origin.pid}`);
    this.origin.dataset.role = origin?.role ?? '';
    this.facts.hidden = status === 'failed';
    this.message.hidden = status !== 'failed';
    setText(this.message, message ?? '');
  }

  select(selected) {
    this.element.classList.toggle('selected', selected);
    this.name.setAttribute('aria-pressed', String(selected));
  }
}

function titleOf(state) {
  const names = [...state.files.values()].map(({ name }) => name);
  if (names.length === 0) return 'Import';
  return names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
}

function factsOf({ time, status, summary, origin }) {
  const facts = [`begun at ${format.time(time)}`];
  if (status === 'queued') facts.push('waiting for a process that has time');
  if (status === 'running' && origin !== undefined) facts.push(`in ${origin.role} ${origin.pid}`);
  if (summary !== undefined) {
    const { files, failedFiles, rows, problems, durationMs } = summary;
    facts.push(
      `${format.plural(files, 'file')}${failedFiles > 0 ? `, ${failedFiles} failed` : ''}`,
      format.plural(rows, 'row'),
      problems === 0 ? 'no problems' : format.plural(problems, 'problem'),
      format.duration(durationMs),
    );
  }
  return facts.join(' · ');
}

function logRow({ time, event, file, origin, count }) {
  return el(
    'tr',
    {},
    el('td', { class: 'number' }, format.time(time)),
    el(
      'td',
      {},
      el('code', {}, event),
      count > 1 && el('span', { class: 'muted' }, ` × ${format.count(count)}`),
    ),
    el('td', { class: 'log-file' }, file ?? ''),
    el('td', {}, el('span', { class: 'origin', 'data-role': origin.role }, `${origin.role} ${origin.pid}`)),
  );
}
