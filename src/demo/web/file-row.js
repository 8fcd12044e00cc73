import { el, setText } from './dom.js';
import * as format from './format.js';

/** One file of an import: its name, how far it is, and which process says so. */
export class FileRow {
  /** @param {() => void} onSelect */
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

  /** @param {import('./import-state.js').FileState} file */
  update({ name, bytes, status, bytesDone, durationMs, sheet, message, by }) {
    this.element.dataset.status = status;
    setText(this.name, name);
    this.name.title = name;
    setText(this.size, bytes > 0 ? format.bytes(bytes) : '');
    this.progress.setAttribute('aria-label', `Progress of ${name}`);
    const share =
      status === 'done' ? 1 : status === 'failed' || bytes === 0 ? 0 : Math.min(1, bytesDone / bytes);
    this.progress.value = share;
    setText(this.rows, rowsOf(status, share, sheet));
    setText(
      this.speed,
      durationMs > 0 && sheet ? `${format.count((sheet.rows / durationMs) * 1000)} rows/s` : '',
    );
    const problems = sheet?.problems.total ?? 0;
    setText(this.problems, problems > 0 ? format.plural(problems, 'problem') : sheet ? 'no problems' : '');
    this.problems.dataset.some = String(problems > 0);
    setText(this.origin, by === undefined ? '' : `${by.role} ${by.pid}`);
    this.origin.dataset.role = by?.role ?? '';
    this.facts.hidden = status === 'failed';
    this.message.hidden = status !== 'failed';
    setText(this.message, status === 'failed' ? (message ?? '') : '');
  }

  /** @param {boolean} selected */
  select(selected) {
    this.element.classList.toggle('selected', selected);
    this.name.setAttribute('aria-pressed', String(selected));
  }
}

function rowsOf(status, share, sheet) {
  if (status === 'waiting') return 'waiting';
  if (status === 'running') return `${Math.floor(share * 100)} %`;
  return sheet ? format.plural(sheet.rows, 'row') : 'done';
}
