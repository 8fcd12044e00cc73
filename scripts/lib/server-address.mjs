import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isPortFree } from './free-port.mjs';
import { PlainError } from './say.mjs';

const USUAL_PORT = 3000;
const READY_DEADLINE_MS = 60_000;

/**
 * Chooses the port of the server: what PORT says, else 3000, else a free one.
 * @param {string | undefined} wanted the variable PORT
 * @returns {Promise<number>}
 * @throws {PlainError} when PORT is no port, or taken
 */
export async function choosePort(wanted) {
  if (wanted === undefined) return (await isPortFree(USUAL_PORT)) ? USUAL_PORT : freePort();
  if (!/^\d{1,5}$/.test(wanted) || Number(wanted) > 65_535) {
    throw new PlainError(`PORT is "${wanted}", which is no port: set it to a number from 1 to 65535.`);
  }
  const port = Number(wanted);
  if (port === 0) return freePort();
  if (await isPortFree(port)) return port;
  throw new PlainError(`Port ${port} is taken: end what listens on it, or set PORT to another one.`);
}

/**
 * Where a server is reached from this machine.
 * @param {string | undefined} host the variable HOST, the address that it listens on
 * @param {number} port
 * @returns {string}
 */
export function urlOf(host, port) {
  const isEveryAddress = host === undefined || host === '0.0.0.0' || host === '::';
  const name = isEveryAddress ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/**
 * Waits until `GET /healthz` is answered with 200.
 * @param {string} url the server's
 * @param {() => boolean} isEnding whether there is nothing to wait for any more
 * @throws {PlainError} after a minute
 */
export async function waitUntilHealthy(url, isEnding) {
  const deadline = performance.now() + READY_DEADLINE_MS;
  let last = 'no answer';
  while (performance.now() < deadline) {
    if (isEnding()) return;
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.status === 200) return;
      last = `status ${response.status}`;
    } catch {
      last = 'no answer';
    }
    await delay(50);
  }
  throw new PlainError(
    `The server did not become ready: ${url}/healthz gave ${last} for ${READY_DEADLINE_MS / 1000} s.`,
  );
}
