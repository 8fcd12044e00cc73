import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  near: Socket;
  far: Socket;
  /**
   * - `open`: everything passes.
   * - `lost`: nothing passes any more, and neither side is told. What has been swallowed stays so.
   * - `held`: the same, but what comes meanwhile is kept, and passes late.
   */
  state: 'open' | 'lost' | 'held';
  /** What is to be done late, in the order in which it would have been done. */
  readonly held: (() => void)[];
}

/** A network between two processes that can swallow everything without closing a connection, as a firewall does. */
export class TcpProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #losesNewLinks = false;
  #targetPorts: readonly number[];
  #nextTarget = 0;

  private constructor(targetPorts: readonly number[]) {
    this.#targetPorts = targetPorts;
    // Half open: a link that is lost must not even answer that it was closed.
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: this.#chooseTarget(), host: '127.0.0.1', allowHalfOpen: true });
      const link: Link = { near, far, state: this.#losesNewLinks ? 'lost' : 'open', held: [] };
      this.#links.add(link);
      forward(link, near, far);
      forward(link, far, near);
    });
  }

  /** @param targetPorts where its links lead to: to each in turn, as a load balancer's */
  static async start(...targetPorts: [number, ...number[]]): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPorts);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** How many connections were made to it. */
  get linkCount(): number {
    return this.#links.size;
  }

  /** From now on nothing passes on the links that there are; new ones are lost too until {@link heal}, if told so. */
  swallow({ newLinks }: { newLinks: boolean }): void {
    for (const link of this.#links) link.state = 'lost';
    this.#losesNewLinks = newLinks;
  }

  /** As {@link swallow}, but what the links that there are swallow is kept until {@link release}. */
  hold({ newLinks }: { newLinks: boolean }): void {
    for (const link of this.#links) if (link.state === 'open') link.state = 'held';
    this.#losesNewLinks = newLinks;
  }

  /** What was held arrives now, and the links pass again, as far as they have not been closed meanwhile. */
  release(): void {
    for (const link of this.#links) {
      if (link.state !== 'held') continue;
      link.state = 'open';
      for (const act of link.held.splice(0)) act();
    }
  }

  /** New links lead to other processes from now on, to each in turn; those that there are stay. */
  leadTo(...ports: [number, ...number[]]): void {
    this.#targetPorts = ports;
  }

  /** New links pass. */
  heal(): void {
    this.#losesNewLinks = false;
  }

  #chooseTarget(): number {
    return this.#targetPorts[this.#nextTarget++ % this.#targetPorts.length] as number;
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
  const pass = (act: () => void, late = act): void => {
    if (link.state === 'open') act();
    else if (link.state === 'held') link.held.push(late);
  };
  from.on('data', (bytes: Buffer) => {
    pass(() => {
      if (to.write(bytes) || from.isPaused()) return;
      // Who does not read slows down who writes, as on any network.
      from.pause();
      to.once('drain', () => from.resume());
    });
  });
  from.on('end', () => pass(() => to.end()));
  // Late, it must not take away what has only just been written.
  from.on('close', () => {
    pass(
      () => to.destroy(),
      () => to.end(),
    );
  });
  from.on('error', () => from.destroy());
}
