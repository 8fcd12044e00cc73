import { el, setAttribute, setText } from './dom.js';
import * as format from './format.js';
import { FileRow } from './file-row.js';
import { importFacts } from './import-facts.js';
import { importNotes } from './import-notes.js';
import { isOver } from './import-state.js';
import { sheetDetail } from './sheet-detail.js';

const STATUS = {
  queued: 'Waiting',
  running: 'Running',
  retrying: 'Waiting',
  done: 'Done',
  failed: 'Failed',
};

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
  /** Why it is not done again. @type {string | undefined} */
  #refusal;

  /**
   * @param {string} importId
   * @param {(importId: string) => Promise<void>} onRetry rejects with an error that is for the user
   */
  constructor(importId, onRetry) {
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
    this.retry = el(
      'button',
      { type: 'button', class: 'secondary', hidden: true, onclick: () => void this.#retry(onRetry) },
      'Try again',
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
        this.retry,
        this.toggle,
      ),
      this.note,
      this.fileList,
      this.body,
    );
  }

  /**
   * @param {import('./import-state.js').ImportState} state
   * @param {Parameters<typeof importFacts>[1]} news for how long there was none
   */
  update(state, news) {
    this.state = state;
    this.element.dataset.status = state.status;
    setText(this.badge, STATUS[state.status]);
    this.badge.dataset.status = state.status;
    setText(this.title, titleOf(state));
    setText(this.facts, importFacts(state, news));
    this.retry.hidden = state.status !== 'failed';
    if (state.status !== 'failed') this.#refusal = undefined;
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

  async #retry(onRetry) {
    if (this.retry.hasAttribute('aria-disabled')) return;
    setAttribute(this.retry, 'aria-disabled', true);
    this.#refusal = undefined;
    try {
      await onRetry(this.importId);
    } catch (error) {
      this.#refusal = error.message;
    }
    setAttribute(this.retry, 'aria-disabled', false);
    this.#updateNote(this.state);
  }

  #updateNote(state) {
    const notes = importNotes(state, this.#refusal);
    this.note.hidden = notes === '';
    setText(this.note, notes);
  }

  #updateFiles(state) {
    for (const file of state.files.values()) {
      let row = this.#rows.get(file.name);
      if (row === undefined) {
        row = new FileRow(() => this.#select(file.name));
        this.#rows.set(file.name, row);
        this.fileList.append(row.element);
      }
      row.update(file);
    }
  }

  #select(name) {
    this.#selected = name;
    this.expand(true);
    this.#updateDetail(this.state);
  }

  #updateDetail(state) {
    const finished = [...state.files.values()].filter(isOver);
    const chosen = this.#selected === undefined ? undefined : state.files.get(this.#selected);
    // Until the user picks one, the first with something to show stays: nothing jumps when the next one is done.
    const file = chosen ?? finished.find(({ status }) => status === 'done') ?? finished[0];
    const shown = file === undefined ? 'none' : `${file.name} ${file.status} ${state.round}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const [name, row] of this.#rows) row.select(name === file?.name);
    this.detail.replaceChildren(sheetDetail(file));
  }

  #renderLog() {
    if (!this.log.open || this.state === undefined || this.#logShown === this.state.logged) return;
    this.#logShown = this.state.logged;
    this.logBody.replaceChildren(...this.state.log.map(logRow).reverse());
  }
}

function titleOf(state) {
  const names = [...state.files.values()].map(({ name }) => name);
  if (names.length === 0) return 'Import';
  return names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
}

function logRow({ time, event, file, by, count }) {
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
    el('td', {}, by && el('span', { class: 'origin', 'data-role': by.role }, `${by.role} ${by.pid}`)),
  );
}
