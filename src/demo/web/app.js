import { ApiError, getJson, retryImport } from './api.js';
import { Connection } from './connection.js';
import { ConnectionPanel } from './connection-panel.js';
import { byId, oncePerFrame, setText } from './dom.js';
import * as format from './format.js';
import { ImportCard } from './import-card.js';
import { ImportsStore } from './imports-store.js';
import { LoginPanel } from './login-panel.js';
import { MailsPanel } from './mails-panel.js';
import { Picker } from './picker.js';
import { currentLogin } from './session.js';

/** @type {ImportsStore} */
let store;
/** @type {Map<string, ImportCard>} */
let cards;
/** @type {Connection | undefined} */
let connection;

/** How often the page looks whether an import has fallen silent: what is overdue should be seen as such within 2 s. */
const LOOK_EVERY_MS = 250;

const panel = new ConnectionPanel();
const mails = new MailsPanel();
const renderConnection = oncePerFrame(() => connection && panel.update(connection));

const render = oncePerFrame(() => {
  const list = byId('imports');
  for (const state of store.imports.values()) {
    let card = cards.get(state.importId);
    if (card === undefined) {
      for (const older of cards.values()) older.expand(false);
      card = new ImportCard(state.importId, retry);
      cards.set(state.importId, card);
      list.prepend(card.element);
    }
    card.update(state, newsOf(state));
  }
  for (const [id, card] of cards) {
    if (store.imports.has(id)) continue;
    card.element.remove();
    cards.delete(id);
  }
  byId('empty').hidden = cards.size > 0;
});

// What falls silent sends no event that would say so.
setInterval(() => connection && render(), LOOK_EVERY_MS);

const picker = new Picker({
  token: () => currentLogin()?.token ?? '',
  onImport: ({ importId, files }) => {
    store.queued(importId, files);
    announce(`Import of ${format.plural(files.length, 'file')} begun`);
    render();
  },
  onLoggedOut: logOut,
});

byId('logout').addEventListener('click', () => logOut(''));

const loginPanel = new LoginPanel(showWorkspace);
loginPanel.start();

async function showWorkspace({ token }) {
  const [{ namespace }, { samples }, limits] = await Promise.all([
    getJson('/api/settings'),
    getJson('/api/samples'),
    getJson('/api/limits'),
  ]);
  store = new ImportsStore();
  cards = new Map();
  mails.clear();
  byId('imports').replaceChildren();
  byId('empty').hidden = false;
  picker.offer(samples, limits);
  connection?.close();
  connection = new Connection(
    { token, namespace },
    { onChange: renderConnection, onEvent: receive, onMissed: miss, onLoggedOut: logOut },
  );
}

function logOut(message) {
  connection?.close();
  connection = undefined;
  loginPanel.logOut(message);
}

function miss(reason) {
  store.missed(reason);
  render();
}

function receive(event, data) {
  if (event === 'sheet:sync:mailed') mails.add(data);
  const isLive = connection?.state === 'ready';
  if (!store.apply(event, data, { isLive })) return;
  render();
  // What is only caught up with is there to be read, but no news to be read out.
  if (isLive) announce(NEWS[data.type]?.(data));
}

/** What is read out to who does not see the page. */
const NEWS = {
  file_completed: ({ file, result }) =>
    `${file} is done${result ? `: ${format.plural(result.sheet.rows, 'row')}` : ''}`,
  error: ({ file, error }) => `${file ?? 'The import'} failed: ${error.message}`,
  job_completed: () => 'The import is completed',
  job_failed: ({ error }) => `The import failed: ${error.message}`,
};

/** How long nothing was heard of an import that goes on, and whether something could have been. */
function newsOf({ status, heardAt }) {
  const silenceMs = status === 'running' ? performance.now() - heardAt : 0;
  return { silenceMs, isConnected: connection?.state === 'ready' };
}

async function retry(importId) {
  try {
    await retryImport({ token: currentLogin()?.token ?? '', importId });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    logOut(error.message);
  }
}

function announce(text = '') {
  if (text === '') return;
  setText(byId('announcer'), text);
}
