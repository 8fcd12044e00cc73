import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  near: Socket;
  far: Socket;
  /** Nothing passes any more, and neither side is told. What has been swallowed stays so. */
  isLost: boolean;
}

/** A network between two processes that can swallow everything without closing a connection, as a firewall does. */
export class TcpProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #losesNewLinks = false;
  #targetPort: number;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    // Half open: a link that is lost must not even answer that it was closed.
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
      const link = { near, far, isLost: this.#losesNewLinks };
      this.#links.add(link);
      forward(link, near, far);
      forward(link, far, near);
    });
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many connections were made to it. */
  get linkCount(): number {
    return this.#links.size;
  }

  /** From now on nothing passes on the links that there are; new ones are lost too until {@link heal}, if told so. */
  swallow({ newLinks }: { newLinks: boolean }): void {
    for (const link of this.#links) link.isLost = true;
    this.#losesNewLinks = newLinks;
  }

  /** New links lead to another process from now on; those that there are stay. */
  leadTo(port: number): void {
    this.#targetPort = port;
  }

  /** New links pass. */
  heal(): void {
    this.#losesNewLinks = false;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { near, far } of this.#links) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }
}

function forward(link: Link, from: Socket, to: Socket): void {
  from.on('data', (bytes: Buffer) => {
    if (!link.isLost) to.write(bytes);
  });
  from.on('end', () => {
    if (!link.isLost) to.end();
  });
  from.on('close', () => {
    if (!link.isLost) to.destroy();
  });
  from.on('error', () => from.destroy());
}
