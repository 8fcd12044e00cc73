import { createServer } from 'node:net';

/**
 * Asks the system for a TCP port on which nothing listens at this moment. Another process may take it before it is
 * used: whoever listens on it must be ready to ask again.
 * @param {string} [host] the address on which it must be free
 * @returns {Promise<number>}
 */
export async function freePort(host = '127.0.0.1') {
  const port = await tryToListen(0, host);
  if (port === undefined) throw new Error(`No free port on ${host}`);
  return port;
}

/**
 * Whether a server could listen on `port`, whichever local address it chooses. All of them are tried, since on some
 * systems one address can be free while a server on another answers the same URL.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isPortFree(port) {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    if ((await tryToListen(port, host)) === undefined) return false;
  }
  return true;
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number | undefined>} the port; undefined when it is taken or not allowed
 */
function tryToListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    // A system without IPv6 has no `::`; that says nothing about the port.
    server.once('error', (error) => {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code;
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' ? port : undefined);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(address.port));
    });
  });
}
