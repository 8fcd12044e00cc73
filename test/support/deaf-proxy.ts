import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A message of a subscription as Redis writes it; what the library publishes has no line breaks. */
const MESSAGE = /[*>]3\r\n\$7\r\nmessage\r\n\$\d+\r\n[^\r]*\r\n\$\d+\r\n[^\r]*\r\n/g;

/** A network to Redis that can swallow the messages of subscriptions, and lets everything else pass: PING is answered. */
export class DeafProxy {
  /** Whether messages are swallowed, on all connections that there are and will be. */
  isDeaf = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect({ port: targetPort, host: '127.0.0.1' });
      near.on('data', (bytes) => far.write(bytes));
      far.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1');
        const passed = this.isDeaf ? text.replace(MESSAGE, '') : text;
        if (passed !== '') near.write(Buffer.from(passed, 'latin1'));
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => one.destroy());
        one.on('close', () => other.destroy());
      }
    });
  }

  static async start(targetPort: number): Promise<DeafProxy> {
    const proxy = new DeafProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
