import { byId, el, setAttribute, setText } from '../dom.js';
import * as format from '../format.js';
import { conditionOf } from './condition.js';

const FACTS = { redis: 'Redis', probe: 'Last probe', ready: 'Ready', outbox: 'Waiting events' };

/** Says in words how the server is. */
export class StatePanel {
  #panel = byId('state');
  #values = new Map();

  constructor() {
    for (const [name, label] of Object.entries(FACTS)) {
      const value = el('dd', { 'data-fact': name }, '–');
      this.#values.set(name, value);
      byId('state-facts').append(el('div', {}, el('dt', {}, label), value));
    }
  }

  /**
   * @param {import('./history.js').History['newest']} sample the newest of the server
   * @param {object} more
   * @param {number} more.now by the clock of the processes
   * @param {boolean} more.isSilent whether the server does not answer
   * @param {import('./watch.js').Outage | undefined} more.outage
   * @returns {string} the state in a few words, for who is told of changes
   */
  show(sample, { now, isSilent, outage }) {
    if (sample === undefined) return '';
    const condition = isSilent ? 'silent' : conditionOf(sample);
    const [title, text] = WORDS[condition](sample, outage === undefined ? 0 : now - outage.from);
    this.#panel.dataset.condition = condition;
    setText(byId('state-title'), title);
    setText(byId('state-text'), text);
    setText(byId('server-title'), `Server ${sample.pid}`);
    setAttribute(byId('server-heard'), 'data-stale', isSilent);
    const heard = `${isSilent ? 'Not heard since' : 'Heard at'} ${format.time(sample.time)}`;
    setText(byId('server-heard'), `${heard}, over HTTP`);
    this.#facts(sample, condition);
    return title;
  }

  #facts({ probeAgeMs, ready, outbox }, condition) {
    const fact = (name, text) => setText(this.#values.get(name), text);
    fact('redis', { away: 'does not answer', alone: 'none', silent: 'not known' }[condition] ?? 'answers');
    fact('probe', probeAgeMs === null ? '–' : `${(probeAgeMs / 1000).toFixed(1)} s ago`);
    fact('ready', condition === 'silent' ? 'not known' : ready ? 'yes' : 'no');
    fact('outbox', format.count(outbox));
  }
}

const WORDS = {
  well: () => ['All is well', 'Redis answers, and what the server sends to itself through it comes back.'],
  away: ({ outbox }, ms) => [
    'Redis does not answer',
    `For ${format.duration(ms)}. ${format.plural(outbox, 'event')} of this server ${outbox === 1 ? 'waits' : 'wait'} in its memory; pages stay connected.`,
  ],
  alone: () => ['There is no Redis', 'This server works by itself, and keeps its rooms’ logs in its memory.'],
  'not-ready': ({ redis }) => [
    'Not ready',
    `A load balancer would send nobody here. Of Redis it says: ${redis}.`,
  ],
  silent: () => ['The server does not answer', 'Its figures end here. The page goes on asking.'],
};
