import type { Namespace } from 'socket.io';
import { GatewayError } from '../contract/index.js';
import {
  commandTo,
  emitTo,
  type GatewayCommand,
  type LiveSender,
  type LiveTarget,
} from '../publishing/index.js';
import type { LiveDeliveries } from './tracing/index.js';
import type { SocketTransport } from './transport/index.js';

/**
 * Sends live events to this server's own sockets at once, and to those of the others through the transport. When the
 * transport fails, the own sockets have been served nevertheless.
 */
export class ServerLiveSender implements LiveSender {
  readonly #transport: SocketTransport;
  readonly #namespace: () => Namespace | undefined;
  readonly #traces: LiveDeliveries | undefined;

  /**
   * @param namespace the gateway's, once there is one
   * @param traces told of deliveries, where they are traced
   */
  constructor(transport: SocketTransport, namespace: () => Namespace | undefined, traces?: LiveDeliveries) {
    this.#transport = transport;
    this.#namespace = namespace;
    this.#traces = traces;
  }

  emit(target: LiveTarget, event: string, payload: unknown): Promise<void> {
    return this.#deliver((namespace) => {
      const { room, traceparent } = target;
      const rooms = room === null ? [] : [room];
      const delivered = this.#traces?.begin(namespace, { rooms, event, traceparent });
      emitTo(namespace, target, event, payload);
      delivered?.();
    });
  }

  /** Gives a command to the servers that the transport reaches, at most once; the own ones included. */
  relay(command: GatewayCommand): Promise<void> {
    return this.#deliver((namespace) => commandTo(namespace, command));
  }

  async #deliver(action: (namespace: Namespace) => unknown): Promise<void> {
    const namespace = this.#namespace();
    if (!namespace) {
      throw new GatewayError(
        'ADAPTER_NOT_INSTALLED',
        'There is no gateway yet: emit after the application has initialised, with RedisIoAdapter installed.',
      );
    }
    await this.#transport.deliver(() => action(namespace));
  }
}
