import { Emitter } from '@socket.io/redis-emitter';
import type { RedisConnection } from '../redis/index.js';
import { commandTo, type GatewayCommand } from './commands/index.js';
import { emitTo } from './emit-to.js';
import type { LiveSender, LiveTarget } from './live-sender.js';
import { MsgpackEncoder } from './msgpack/index.js';
import { PublishCapture } from './publish-capture.js';

/**
 * Sends live events in the wire format of Socket.IO's Redis adapter, so that servers with that adapter, ours or
 * others, deliver them. The official emitter is the codec; the connection is ours, and what it answers is not lost.
 */
export class RedisLiveSender implements LiveSender {
  readonly #capture: PublishCapture;
  readonly #emitter: Emitter;

  /**
   * @param prefix and `namespace` as the servers have them
   * @param onUnwatchedFailure never called as long as the emitter publishes in the tick of the call
   */
  constructor(
    connection: RedisConnection,
    { prefix, namespace }: { prefix: string; namespace: string },
    onUnwatchedFailure: (error: unknown) => void,
  ) {
    this.#capture = new PublishCapture(
      (channel, message) => connection.call((client) => client.publish(channel, message)),
      onUnwatchedFailure,
    );
    this.#emitter = new Emitter(this.#capture, { key: prefix, parser: new MsgpackEncoder() }, namespace);
  }

  emit(target: LiveTarget, event: string, payload: unknown): Promise<void> {
    return this.#capture.during(() => emitTo(this.#emitter, target, event, payload));
  }

  /** Gives a command to servers with that adapter, at most once. */
  relay(command: GatewayCommand): Promise<void> {
    return this.#capture.during(() => commandTo(this.#emitter, command));
  }
}
