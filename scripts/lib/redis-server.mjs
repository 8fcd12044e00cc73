import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { describeExit, startGuarded } from './guarded-process.mjs';
import { chooseRedisBinary, REDIS_ARGV0 } from './redis-binary.mjs';
import { probeRedis } from './redis-probe.mjs';
import { PlainError } from './say.mjs';

const ANSWER_DEADLINE_MS = 15_000;
const ATTEMPTS = 5;

/**
 * @typedef {object} RedisServerOptions
 * @property {number} [port] default: a free one. Give a stopped server's port to bring "the same" one back
 * @property {readonly string[]} [args] more options of redis-server, as `['--requirepass', 'x']`; they win over ours
 * @property {string} [dir] where it keeps files; stays. Default: a folder of its own that is removed when it has ended
 * @property {string} [binary] default: what `chooseRedisBinary` chooses
 */

/**
 * A Redis server of ours. It ends when we end, even by kill -9.
 * @typedef {object} RedisServer
 * @property {string} url
 * @property {number} port
 * @property {number} pid for signals: SIGSTOP makes it a Redis that does not answer
 * @property {Promise<number>} exited its exit code, 128 + n when signal n ended it; never rejects
 * @property {() => Promise<void>} stop ends it in its own time (SIGTERM), paused or not; may be called twice
 * @property {() => Promise<void>} kill ends it at once (SIGKILL)
 * @property {() => void} pause stops it without closing a connection (SIGSTOP)
 * @property {() => void} resume takes the pause back
 * @property {import('./guarded-process.mjs').GuardedProcess} process
 */

/**
 * Starts a private Redis on 127.0.0.1, without persistence and without eviction, and waits until it answers.
 * @param {RedisServerOptions} [options]
 * @returns {Promise<RedisServer>}
 * @throws {PlainError} when there is no binary, or it does not start; the message has its last output
 */
export async function startRedisServer(options = {}) {
  const binary = options.binary ?? chooseRedisBinary();

  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const started = await launch(binary, port, options);
    const failure = await waitUntilItAnswers(started, port);
    if (failure === undefined) return toServer(started, port);
    await started.end();
    // Somebody else may have taken the port since it was free.
    const mayRetry =
      options.port === undefined && attempt < ATTEMPTS && /address already in use/i.test(failure);
    if (!mayRetry) throw new PlainError(`Redis (${binary}) did not start on port ${port}: ${failure}`);
  }
}

/**
 * @param {string} binary
 * @param {number} port
 * @param {RedisServerOptions} options
 */
function launch(binary, port, options) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-redis-'));
  mkdirSync(dir, { recursive: true });
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  };
  return startGuarded(binary, {
    argv0: REDIS_ARGV0,
    args: [
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...(options.args ?? []),
    ],
    cwd: dir,
    output: 'collect',
    ...(options.dir === undefined ? { removeDir: dir } : {}),
  });
}

/**
 * @param {import('./guarded-process.mjs').GuardedProcess} started
 * @param {number} port
 * @returns {Promise<string | undefined>} why it does not answer; undefined when it does
 */
async function waitUntilItAnswers(started, port) {
  const deadline = performance.now() + ANSWER_DEADLINE_MS;
  while (performance.now() < deadline) {
    const answer = await probeRedis(port);
    if (!started.isRunning()) return `${describeExit(await started.exited)}\n${started.output()}`;
    // Another Redis may own the port; ours is about to find that out.
    if (answer.ready && (answer.pid === undefined || answer.pid === started.pid)) return undefined;
    await delay(20);
  }
  return `no answer within ${ANSWER_DEADLINE_MS} ms\n${started.output()}`;
}

/**
 * @param {import('./guarded-process.mjs').GuardedProcess} started
 * @param {number} port
 * @returns {RedisServer}
 */
function toServer(started, port) {
  const signal = (/** @type {NodeJS.Signals} */ name) => {
    if (started.isRunning()) process.kill(started.pid, name);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: started.pid,
    exited: started.exited,
    process: started,
    async stop() {
      await started.end();
    },
    async kill() {
      signal('SIGKILL');
      await started.exited;
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  };
}
