import { byId, setText } from './dom.js';

const STATE = {
  idle: { pill: 'offline', label: 'Offline' },
  connecting: { pill: 'connecting', label: 'Connecting…' },
  ready: { pill: 'connected', label: 'Connected' },
  offline: { pill: 'reconnecting', label: 'Reconnecting…' },
  refused: { pill: 'refused', label: 'Refused' },
  closed: { pill: 'offline', label: 'Offline' },
};

/**
 * Shows in the bar how the connection is.
 *
 * @param {keyof typeof STATE} state
 * @param {string} [refusal] why it is `refused`
 */
export function showConnection(state, refusal) {
  const pill = byId('connection');
  pill.dataset.state = STATE[state].pill;
  pill.title = refusal ?? '';
  setText(pill, STATE[state].label);
}
