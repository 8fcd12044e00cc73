import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { CauseLog, GatewayLogger } from '../../logging/index.js';
import { presenceChannel, RedisConnection, RedisSubscriber, type ReachableRedis } from '../../redis/index.js';
import { AdapterParser } from './adapter-parser.js';
import { AdapterPublisher } from './adapter-publisher.js';
import { AdapterSubscriber } from './adapter-subscriber.js';
import { LocalFirstAdapter } from './local-first.adapter.js';
import type { SocketTransport } from './socket-transport.interface.js';

export interface PubsubTransportSettings {
  redis: ReachableRedis;
  prefix: string;
  namespace: string;
  timeoutMs: number;
  logger: GatewayLogger;
  causes: CauseLog;
}

/**
 * Redis Pub/Sub with the official `@socket.io/redis-adapter` as its wire format, over two connections of ours: they
 * survive a Redis that is away, subscribe again by themselves, and pass on no message that could end the process.
 */
export class PubsubTransport implements SocketTransport {
  readonly name = 'pubsub';
  readonly #connection: RedisConnection;
  readonly #subscriber: RedisSubscriber;
  readonly #publisher: AdapterPublisher;
  readonly #parser = new AdapterParser();
  readonly #prefix: string;

  constructor({ redis, prefix, namespace, timeoutMs, logger, causes }: PubsubTransportSettings) {
    const shared = { redis, timeoutMs, logger, causes };
    this.#connection = new RedisConnection({ ...shared, name: 'publish' });
    this.#subscriber = new RedisSubscriber(new RedisConnection({ ...shared, name: 'subscribe' }), causes);
    this.#publisher = new AdapterPublisher(this.#connection, causes);
    this.#prefix = prefix;
    this.#connection.open();
    this.#subscriber.subscribe('channel', [presenceChannel({ prefix, namespace })]);
  }

  createAdapter(namespace: Namespace): Adapter {
    const subscriber = new AdapterSubscriber(this.#subscriber, (bytes) => this.#parser.decode(bytes));
    const options = { key: this.#prefix, parser: this.#parser };
    const adapter = new LocalFirstAdapter(namespace, this.#publisher, subscriber, options);
    subscriber.ignoreRequestsOf(String(adapter.uid));
    return adapter;
  }

  deliver(action: () => unknown): Promise<void> {
    return this.#publisher.during(action);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#subscriber.close()]);
  }
}
