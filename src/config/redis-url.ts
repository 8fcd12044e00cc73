import type { RedisOptions } from 'ioredis';

/** What a URL says: options for ioredis, and where it leads, without user and password. */
export interface RedisUrl {
  readonly options: RedisOptions;
  readonly address: string;
}

const EXPECTED_URL = 'Expected redis://user:password@host:port/database, or rediss:// for TLS.';
const ENCODE_IT = 'Characters such as #, ?, / and % in a password must be percent-encoded.';

/**
 * Reads `redis://` and `rediss://` as ioredis does, parameters included. It is not left to ioredis, for which the
 * URL's parameters would count more than the options that keep a connection from queueing.
 *
 * @returns why it cannot be used instead, in words that quote nothing of it: each part may turn out to be a password
 */
export function readRedisUrl(text: string): RedisUrl | string {
  if (!URL.canParse(text)) return `is not a URL. ${EXPECTED_URL}`;
  const url = new URL(text);
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:') return `starts with another word. ${EXPECTED_URL}`;
  if (hostname === '') return `names no host. ${EXPECTED_URL}`;
  // A password that was not encoded ends the host too early: what seems to be the host then is the user.
  if (hash !== '' || search.includes('@')) return `has a '#' or '?' where none belongs. ${ENCODE_IT}`;
  if (!/^\/?\d*$/.test(pathname)) return `has a path that is not a database number. ${EXPECTED_URL}`;
  const parameters = Object.fromEntries(url.searchParams) as Record<string, unknown>;
  if ('keyPrefix' in parameters)
    return `has a keyPrefix, which is not added to channels; use the option 'prefix'.`;
  const credentials = readCredentials(url);
  if (!credentials) return `has a user or password with a stray '%'. ${ENCODE_IT}`;
  const options: Record<string, unknown> = {
    ...parameters,
    ...credentials,
    host: hostname.replace(/^\[|\]$/g, ''),
  };
  if (port !== '') options['port'] = Number(port);
  if (pathname.length > 1) options['db'] = Number(pathname.slice(1));
  if (typeof parameters['family'] === 'string') options['family'] = Number(parameters['family']);
  if (protocol === 'rediss:') options['tls'] ??= {};
  return { options, address: `${hostname}:${port || '6379'}` };
}

function readCredentials({ username, password }: URL): RedisOptions | undefined {
  if (username === '' && password === '') return {};
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}
