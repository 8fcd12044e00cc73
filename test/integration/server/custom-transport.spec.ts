import { isGatewayError, type SocketTransport } from 'nestjs-socket-gateway';
import { GatewayError } from 'nestjs-socket-gateway/contract';
import type { Namespace } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { startServerApplication } from '../../support/applications.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';

/** Joins the servers of one process, as another would those of several machines. */
class InProcessTransport implements SocketTransport {
  readonly name = 'in-process';
  readonly namespaces: Namespace[] = [];
  closedCount = 0;
  failure: GatewayError | undefined;

  createAdapter(namespace: Namespace): Adapter {
    this.namespaces.push(namespace);
    return new InProcessAdapter(namespace, this);
  }

  // Async, so that what the action throws becomes a rejection.
  async deliver(action: () => unknown): Promise<void> {
    action();
    await (this.failure ? Promise.reject(this.failure) : Promise.resolve());
  }

  close(): Promise<void> {
    this.closedCount++;
    return Promise.resolve();
  }
}

class InProcessAdapter extends Adapter {
  readonly #transport: InProcessTransport;

  constructor(namespace: Namespace, transport: InProcessTransport) {
    super(namespace);
    this.#transport = transport;
  }

  override broadcast(...args: Parameters<Adapter['broadcast']>): void {
    for (const { name, adapter } of this.#transport.namespaces) {
      if (name === (this.nsp as Namespace).name) Adapter.prototype.broadcast.apply(adapter, args);
    }
  }
}

/** Only live events are a transport's; the others are their rooms' logs'. */
const LIVE = { delivery: 'live' } as const;

const resources = new Resources();
const transport = new InProcessTransport();
let serverA: GatewayApp;
let serverB: GatewayApp;

beforeAll(async () => {
  serverA = await startServerApplication(resources, { transport });
  serverB = await startServerApplication(resources, { transport });
});

afterAll(() => resources.stop());

it("an application's own transport carries live events between its servers", async () => {
  const ann = await serverB.connect('ann');
  expect(await serverA.gateway.emitToUser('ann', 'hello', 1, LIVE)).toEqual({ status: 'published' });
  await ann.received('hello');
  expect(ann.payloads('hello')).toEqual([1]);
});

it('what it rejects with is the result of the emit', async () => {
  transport.failure = new GatewayError('REDIS_UNAVAILABLE', 'The other servers cannot be reached.');
  const result = await serverA.gateway.emitToUser('ann', 'hello', 2, LIVE);
  transport.failure = undefined;
  expect(result.status === 'failed' && isGatewayError(result.error, 'REDIS_UNAVAILABLE')).toBe(true);
});

it('it is closed once, with its server', async () => {
  await serverA.app.close();
  expect(transport.closedCount).toBe(1);
});
