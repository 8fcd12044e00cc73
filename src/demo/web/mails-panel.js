import { byId, el } from './dom.js';
import * as format from './format.js';

/** More than this are not shown, the oldest are left out. */
const MAX_MAILS = 10;

/** Shows which e-mails would have been sent, because nobody was there to see how an import ended. */
export class MailsPanel {
  #panel = byId('mails');
  #list = byId('mail-list');

  /** @param {{ subject: string, time: number, endedAt: number }} mail */
  add({ subject, time, endedAt }) {
    this.#list.prepend(
      el(
        'li',
        { class: 'mail' },
        el('span', { class: 'mail-subject' }, subject),
        el(
          'span',
          { class: 'muted' },
          `ended at ${format.time(endedAt)}, nobody was here; e-mail at ${format.time(time)}`,
        ),
      ),
    );
    while (this.#list.childElementCount > MAX_MAILS) this.#list.lastElementChild.remove();
    this.#panel.hidden = false;
  }

  clear() {
    this.#list.replaceChildren();
    this.#panel.hidden = true;
  }
}
