const KEY = 'sheet-importer:login';

/**
 * @typedef {object} Login
 * @property {string} token
 * @property {{ id: string, name: string }} user
 * @property {number} expiresAt in milliseconds since 1970
 */

/**
 * The login of this tab, until it expires: another tab may be another user.
 *
 * @returns {Login | undefined}
 */
export function currentLogin() {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return undefined;
  const login = JSON.parse(stored);
  return login.expiresAt > Date.now() ? login : undefined;
}

/** @param {Login} login */
export function keepLogin(login) {
  sessionStorage.setItem(KEY, JSON.stringify(login));
}

export function forgetLogin() {
  sessionStorage.removeItem(KEY);
}
