// `npm start`: from a fresh clone to the running demo. It installs and builds what is missing, finds or starts a Redis,
// runs the server and the worker as two processes, and ends all of it when it is ended itself.
//
// Exit codes: 0 when it was running and then asked to end, which is how it is meant to end; 128 + the signal's number
// (130 for Ctrl-C, 143 for SIGTERM) when that happened during the set-up; 1 when something failed.
import { randomBytes } from 'node:crypto';
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { environment } from './lib/env-file.mjs';
import { onEnding } from './lib/on-ending.mjs';
import { inProject } from './lib/project.mjs';
import { ensureRedisBinary } from './lib/redis-binary.mjs';
import { startRedisServer } from './lib/redis-server.mjs';
import { describe, PlainError, say } from './lib/say.mjs';
import { choosePort, urlOf, waitUntilHealthy } from './lib/server-address.mjs';
import { StartedProcesses } from './lib/started-processes.mjs';
import { keepRunning } from './lib/supervisor.mjs';

const processes = new StartedProcesses();
const isEnding = () => processes.isEnding;
let isUp = false;

onEnding({
  end: (exitCode) => void endWith(isUp ? 0 : exitCode),
  hurry: () => processes.hurry(),
});

main().catch(fail);

async function main() {
  await ensureDependencies(processes);
  if (isEnding()) return;
  await ensureBuild(processes);
  if (isEnding()) return;

  const env = environment();
  const redis = env.REDIS_URL === undefined ? await privateRedis() : givenRedis(env.REDIS_URL);
  if (isEnding()) return;

  const port = await choosePort(env.PORT);
  const url = urlOf(env.HOST, port);
  // One for the whole run: a server that is started again must know the logins of the one before it.
  const JWT_SECRET = env.JWT_SECRET ?? randomBytes(32).toString('base64url');
  const keepApplicationRunning = (/** @type {'server' | 'worker'} */ name) =>
    keepRunning({
      name,
      start: () =>
        processes.start(process.execPath, {
          args: ['--enable-source-maps', inProject('dist', 'demo', name, 'main.js')],
          env: {
            ...env,
            PORT: String(port),
            JWT_SECRET,
            ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
            DEMO_PAUSE_MS: env.DEMO_PAUSE_MS ?? (redis?.isOurs ? '10000' : '0'),
          },
          graceMs: 10_000,
          needs: redis?.processes() ?? [],
        }),
      say,
      isEnding,
      giveUp: fail,
    });

  await keepApplicationRunning('server');
  await waitUntilHealthy(url, isEnding);
  if (isEnding()) return;
  if (redis !== undefined) await keepApplicationRunning('worker');
  if (isEnding()) return;
  isUp = true;
  announce(url, redis?.origin ?? 'none: the server does the importing itself');
}

/** @param {string} url */
function givenRedis(url) {
  return { url, origin: 'the one that REDIS_URL names', isOurs: false, processes: () => [] };
}

/** @returns a Redis of our own; undefined when this machine has none, after saying how to get one */
async function privateRedis() {
  const binary = await ensureRedisBinary().catch((error) => {
    if (!(error instanceof PlainError)) throw error;
    say(`${error.message} Until then the demo runs as one process, without a worker.`);
  });
  if (binary === undefined || isEnding()) return undefined;

  let server = await startRedisServer({ binary });
  const { port, url } = server;
  await keepRunning({
    name: 'private Redis',
    start: async () => {
      if (!server.process.isRunning()) server = await startRedisServer({ binary, port });
      return processes.add(server.process);
    },
    say,
    isEnding,
    giveUp: fail,
  });
  return {
    url,
    origin: `a private one at ${url}, which ends with this command`,
    // Nobody else is disturbed when it is broken on purpose.
    isOurs: true,
    processes: () => [server.process],
  };
}

/**
 * @param {string} url
 * @param {string} origin of Redis
 */
function announce(url, origin) {
  say(`
  The sheet importer runs at ${url}
  To log in, open the page and pick one of its demo users.
  Redis: ${origin}
  Ctrl-C ends everything that this command has started.
`);
}

/** @param {unknown} reason */
function fail(reason) {
  // What fails because it was ended is no failure.
  if (isEnding()) return;
  say(describe(reason));
  void endWith(1);
}

/** @param {number} exitCode */
async function endWith(exitCode) {
  await processes.endAll();
  process.exit(exitCode);
}
