import { getJson } from '../api.js';
import { showConnection } from '../connection-pill.js';
import { byId, setText } from '../dom.js';
import { openGateway } from '../gateway.js';
import { LoginPanel } from '../login-panel.js';
import { currentLogin } from '../session.js';
import { OperationsView } from './operations-view.js';
import { PauseButton } from './pause-button.js';
import { Poller } from './poller.js';

/** The room of who watches the processes. */
const ROOM = 'operations';

const view = new OperationsView({ announce: (text) => setText(byId('announcer'), text) });
const pauseButton = new PauseButton({ token: () => currentLogin()?.token ?? '', onLoggedOut: logOut });

let gateway;
let poller;

const loginPanel = new LoginPanel(async ({ token }) => {
  const { namespace } = await getJson('/api/settings');
  end();
  view.clear();
  poller = new Poller(token, { onReport: report, onSilence: () => view.show(), onLoggedOut: logOut });
  gateway = openGateway(namespace, { token, rooms: [ROOM], onLoggedOut: logOut });
  gateway.onState((state) => showConnection(state, gateway?.refusal?.code));
  // What else comes to this user waits without a handler: who looks at this page has not seen how an import ended.
  gateway.on('operations:figures', (figures) => view.worker(figures));
  gateway.on('operations:beat', (beat) => view.beat('durable', beat));
  gateway.on('operations:tick', (beat) => view.beat('live', beat));
  gateway.onGap(({ room, reason }) => room === ROOM && view.missed(reason));
});

byId('logout').addEventListener('click', () => logOut(''));
loginPanel.start();

function report(received) {
  pauseButton.show(received);
  view.report(received);
}

function logOut(message) {
  end();
  loginPanel.logOut(message);
}

function end() {
  gateway?.close();
  poller?.stop();
  gateway = poller = undefined;
}
