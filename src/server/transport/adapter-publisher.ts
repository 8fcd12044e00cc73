import type { CauseLog } from '../../logging/index.js';
import { PublishCapture } from '../../publishing/index.js';
import { mastersOf, type RedisConnection } from '../../redis/index.js';

type CountCallback = (error: unknown, answer?: unknown) => void;

/** The client that `@socket.io/redis-adapter` publishes with: ours, so that nothing it drops is lost or rejects. */
export class AdapterPublisher {
  readonly #connection: RedisConnection;
  readonly #capture: PublishCapture;

  constructor(connection: RedisConnection, causes: CauseLog) {
    this.#connection = connection;
    this.#capture = new PublishCapture(
      (channel, message) => connection.call((client) => client.publish(channel, message)),
      (error) =>
        causes.warn('transport-publish', `A message to the other servers was lost: ${String(error)}`),
    );
  }

  /** What the adapter calls; also for what users emit on namespaces by themselves. */
  publish(channel: string, message: string | Buffer): void {
    this.#capture.publish(channel, message);
  }

  /** Asked by the adapter how many servers there are: `PUBSUB NUMSUB <channel>`, in a cluster summed over its nodes. */
  send_command(command: 'PUBSUB', args: [string, string], callback: CountCallback): void {
    this.#connection
      .call(async (client) => {
        const answers = (await Promise.all(mastersOf(client).map((node) => node.call(command, ...args)))) as [
          string,
          number,
        ][];
        return [args[1], answers.reduce((sum, [, count]) => sum + count, 0)];
      })
      .then((answer) => callback(null, answer), callback);
  }

  /** The adapter adds a listener for errors; ours are reported by the connection. */
  on(): void {
    // Nothing to listen to.
  }

  off(): void {
    // Nothing was added.
  }

  during(action: () => unknown): Promise<void> {
    return this.#capture.during(action);
  }
}
