import { CauseLog } from '../../../src/logging/index.js';
import { RedisSubscriber, type RedisConnection } from '../../../src/redis/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';

/** A connection whose losses and answers come when the test says so. */
class StagedConnection {
  isReady = false;
  readonly #listeners: { ready: (() => void)[]; away: (() => void)[] } = { ready: [], away: [] };
  /** Answers that have not been given yet, oldest first. */
  readonly pending: (() => void)[] = [];
  readonly client = {
    on: () => undefined,
    subscribe: () => this.#ask(),
    psubscribe: () => this.#ask(),
  };

  onReady(listener: () => void): void {
    this.#listeners.ready.push(listener);
  }

  onAway(listener: () => void): void {
    this.#listeners.away.push(listener);
  }

  open(): void {
    // It opens when the test says so.
  }

  call(command: (client: unknown) => Promise<unknown>): Promise<unknown> {
    return command(this.client);
  }

  become(state: 'ready' | 'away'): void {
    this.isReady = state === 'ready';
    for (const listener of this.#listeners[state]) listener();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #ask(): Promise<void> {
    return new Promise((resolve) => this.pending.push(resolve));
  }
}

describe('RedisSubscriber', () => {
  it('does not take the answer of an earlier connection for one of the present', async () => {
    const connection = new StagedConnection();
    const causes = new CauseLog(new RecordingLogger());
    const subscriber = new RedisSubscriber(connection as unknown as RedisConnection, causes);
    subscriber.subscribe('channel', ['a']);
    connection.become('ready');
    connection.become('away');
    connection.become('ready');
    const [first, second] = connection.pending;
    first?.();
    await new Promise(setImmediate);
    expect(subscriber.isReady).toBe(false);
    second?.();
    await new Promise(setImmediate);
    expect(subscriber.isReady).toBe(true);
    await subscriber.close();
  });
});
