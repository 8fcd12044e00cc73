import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { RefusedError } from './refused-error.js';

type Cors = ServerOptions['cors'];

type CorsOptions = Exclude<Cors, undefined | ((...args: never[]) => unknown)>;

type StaticOrigin = boolean | string | RegExp | (boolean | string | RegExp)[];

/**
 * Checks the page that opens a connection. Browsers let every page open a WebSocket to every server, and tell the
 * server only by the Origin header which page it was. Programs other than browsers send none, and pass.
 *
 * @throws RefusedError ORIGIN_REFUSED unless the origin is of the server's own host or allowed by `cors.origin`
 */
export async function requireAllowedOrigin(request: IncomingMessage, cors: Cors): Promise<void> {
  const { origin, host } = request.headers;
  if (origin === undefined || isOwnHost(origin, host) || (await isListed(origin, cors, request))) return;
  throw new RefusedError('ORIGIN_REFUSED', 'the Origin header names a page that cors.origin does not allow');
}

function isOwnHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

async function isListed(origin: string, cors: Cors, request: IncomingMessage): Promise<boolean> {
  const options =
    typeof cors === 'function' ? await callback<CorsOptions>((done) => cors(request, done)) : cors;
  const allowed: unknown = options?.origin;
  if (typeof allowed === 'function') {
    const ask = allowed as (
      origin: string,
      done: (error: Error | null, verdict?: StaticOrigin) => void,
    ) => void;
    return matches(origin, await callback((done) => ask(origin, done)));
  }
  return matches(origin, allowed as StaticOrigin | undefined);
}

function matches(origin: string, allowed: StaticOrigin | undefined): boolean {
  return [allowed].flat().some((one) => {
    if (one === true || one === '*') return true;
    return one instanceof RegExp
      ? new RegExp(one.source, one.flags.replace(/[gy]/g, '')).test(origin)
      : one === origin;
  });
}

function callback<Value>(
  ask: (done: (error: Error | null, value?: Value) => void) => void,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)));
  });
}
