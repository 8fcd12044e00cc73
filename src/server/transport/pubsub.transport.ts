import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { CauseLog } from '../../logging/index.js';
import type { RedisConnection, RedisSubscriber } from '../../redis/index.js';
import type { LiveDeliveries } from '../tracing/index.js';
import { AdapterParser } from './adapter-parser.js';
import { AdapterPublisher } from './adapter-publisher.js';
import { AdapterSubscriber } from './adapter-subscriber.js';
import { LocalFirstAdapter } from './local-first.adapter.js';
import type { SocketTransport } from './socket-transport.interface.js';

export interface PubsubTransportSettings {
  /** Both stay the caller's, who closes them. */
  readonly connection: RedisConnection;
  readonly subscriber: RedisSubscriber;
  readonly prefix: string;
  readonly causes: CauseLog;
  /** Told of what other processes emit live. @default it is not traced */
  readonly traces?: LiveDeliveries | undefined;
}

/**
 * Redis Pub/Sub with the official `@socket.io/redis-adapter` as its wire format, over two connections of ours: they
 * survive a Redis that is away, subscribe again by themselves, and pass on no message that could end the process.
 */
export class PubsubTransport implements SocketTransport {
  readonly name = 'pubsub';
  readonly #subscriber: RedisSubscriber;
  readonly #publisher: AdapterPublisher;
  readonly #parser = new AdapterParser();
  readonly #prefix: string;
  readonly #traces: LiveDeliveries | undefined;

  constructor({ connection, subscriber, prefix, causes, traces }: PubsubTransportSettings) {
    this.#subscriber = subscriber;
    this.#publisher = new AdapterPublisher(connection, causes);
    this.#prefix = prefix;
    this.#traces = traces;
  }

  createAdapter(namespace: Namespace): Adapter {
    const subscriber = new AdapterSubscriber(this.#subscriber, this.#parser);
    const options = { key: this.#prefix, parser: this.#parser };
    const adapter = new LocalFirstAdapter(namespace, this.#publisher, subscriber, options);
    const id = String(adapter.uid);
    subscriber.ignoreRequestsOf(id);
    const traces = this.#traces;
    if (traces) subscriber.traceBroadcasts((message) => traces.beginBroadcast(namespace, message, id));
    return adapter;
  }

  deliver(action: () => unknown): Promise<void> {
    return this.#publisher.during(action);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
