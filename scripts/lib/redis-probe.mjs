import { connect } from 'node:net';

/**
 * Asks what listens on a port of this machine who it is, in Redis' own protocol.
 * @param {number} port
 * @param {number} [timeoutMs]
 * @returns {Promise<{ ready: boolean, pid?: number }>} `ready` when a Redis takes commands; `pid` where it tells
 */
export function probeRedis(port, timeoutMs = 1_000) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let reply = '';
    /** @param {{ ready: boolean, pid?: number }} result */
    const finish = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => finish({ ready: false }));
    socket.once('error', () => finish({ ready: false }));
    socket.once('close', () => finish({ ready: false }));
    socket.once('connect', () => socket.write('*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n'));
    socket.on('data', (text) => {
      reply += text;
      const pid = /^process_id:(\d+)\r$/m.exec(reply)?.[1];
      if (pid !== undefined) finish({ ready: true, pid: Number(pid) });
      // A server with a password answers too, in its own way.
      else if (reply.startsWith('-NOAUTH')) finish({ ready: true });
      else if (/^-.*\r\n/.test(reply)) finish({ ready: false });
    });
  });
}
