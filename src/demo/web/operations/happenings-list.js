import { byId, el } from '../dom.js';
import * as format from '../format.js';

/** More than these are not shown, the oldest are left out. */
const MAX_HAPPENINGS = 40;

/** What has happened, the newest first. */
export class HappeningsList {
  #list = byId('happenings');
  /** @type {import('./watch.js').Happening[]} */
  #happenings = [];

  /** @param {import('./watch.js').Happening[]} happenings that are told late stand where they belong */
  add(happenings) {
    if (happenings.length === 0) return;
    this.#happenings = [...this.#happenings, ...happenings]
      .sort((a, b) => a.time - b.time)
      .slice(-MAX_HAPPENINGS);
    this.#list.replaceChildren(...this.#happenings.toReversed().map(item));
    byId('nothing-happened').hidden = true;
  }

  clear() {
    this.#happenings = [];
    this.#list.replaceChildren();
    byId('nothing-happened').hidden = false;
  }
}

function item({ time, kind, text }) {
  const at = new Date(time).toISOString();
  return el(
    'li',
    { 'data-kind': kind },
    el('time', { datetime: at, class: 'muted' }, format.time(time)),
    el('span', {}, text),
  );
}
