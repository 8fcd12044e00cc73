import { showConnection } from './connection-pill.js';
import { byId, el, setAttribute, setText } from './dom.js';
import * as format from './format.js';

const FACTS = {
  position: ['Position', 'The last event up to which this page has everything, in the room of the user.'],
  events: ['Events', 'Durable events that this page was given since it was loaded: each once.'],
  values: [
    'Progress',
    'Latest values that this page was given since it was loaded: only the newest matters.',
  ],
  replayed: ['Replayed', 'Events from before this page was loaded, or from while it was away.'],
  recovered: ['Recovered', 'Whether the last connection brought everything that was missed before it.'],
  gaps: ['Gaps', 'How often events were missing that are not kept any more, and why.'],
};

/** Shows the connection: its state in the bar, and what has happened on it in the panel above the imports. */
export class ConnectionPanel {
  #toggle = byId('go-offline');
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  /** @type {import('./connection.js').Connection | undefined} */
  #connection;

  constructor() {
    for (const [name, [label, title]] of Object.entries(FACTS)) {
      const value = el('dd', { 'data-fact': name });
      this.#values.set(name, value);
      byId('resume-facts').append(el('div', { title, 'data-of': name }, el('dt', {}, label), value));
    }
    this.#toggle.addEventListener('click', () => {
      if (this.#connection?.state === 'ready') this.#connection.goOffline();
      else if (this.#connection?.state === 'idle') this.#connection.goOnline();
    });
    byId('reload').addEventListener('click', () => location.reload());
  }

  /** @param {import('./connection.js').Connection} connection */
  update(connection) {
    this.#connection = connection;
    const { state, refusal, position, journal } = connection;
    showConnection(state, refusal);
    setText(this.#toggle, state === 'idle' ? 'Go online' : 'Go offline');
    setAttribute(this.#toggle, 'aria-disabled', state !== 'ready' && state !== 'idle');
    this.#show('position', position === undefined ? '–' : format.position(position), position);
    this.#show('events', format.count(journal.events));
    this.#show('values', format.count(journal.values));
    this.#show('replayed', replayedOf(journal));
    this.#show('recovered', journal.recovered === null ? '–' : journal.recovered ? 'yes' : 'no');
    this.#show('gaps', gapsOf(journal), gapsOf(journal));
  }

  #show(name, text, title) {
    const value = this.#values.get(name);
    setText(value, text);
    if (title !== undefined) value.title = title;
  }
}

function replayedOf({ replayed, replayedLast }) {
  const all = format.count(replayed);
  return replayedLast === replayed ? all : `${all}, last ${format.count(replayedLast)}`;
}

function gapsOf({ gaps }) {
  return gaps.length === 0 ? 'none' : `${format.count(gaps.length)}: ${[...new Set(gaps)].join(', ')}`;
}
