import { isGatewayError } from '../contract/index.js';
import type { CauseLog } from '../logging/index.js';
import type { RedisClient } from './redis-client.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * Whether a connection leads to the right server, by the `run_id` of INFO (undefined when Redis does not say).
 * undefined: that cannot be said at the moment; it is asked again.
 */
export type IdentifyServer = (runId: string | undefined) => boolean | undefined;

/** How soon the owner is asked again. */
const ASK_AGAIN_MS = 100;

/** How long a connection may lead to the wrong server before another is made: the first time, and at most. */
const FIRST_PATIENCE_MS = 1000;
const MAX_PATIENCE_MS = 10_000;

export interface ServerCheckSettings {
  connection: RedisConnection;
  causes: CauseLog;
  identify: IdentifyServer;
  /** The connection leads to the right server. */
  onRight: () => void;
}

/**
 * Lets a connection be used only when it leads to the right server: after a failover, one connection may be at the new
 * master and another still at the old one, where it would hear nothing and never know. A cluster is not checked: its
 * client finds the masters by itself.
 */
export class ServerCheck {
  readonly #settings: ServerCheckSettings;
  #patienceMs = FIRST_PATIENCE_MS;
  /** Of the present connection; undefined without one. */
  #present:
    { runId: string | undefined; readonly since: number; isKnown: boolean; isRight: boolean } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ServerCheckSettings) {
    this.#settings = settings;
  }

  /** There is a new connection, on which nothing has been sent. */
  begin(): void {
    this.end();
    const present = { runId: undefined, since: performance.now(), isKnown: false, isRight: false };
    this.#present = present;
    this.#settings.connection.call(runIdOf).then(
      (runId) => this.#learn(present, runId),
      (error: unknown) => {
        if (isGatewayError(error, 'REDIS_REFUSED')) this.#learn(present, undefined);
        // Not now; when the connection is lost, the next one is checked.
        else if (present === this.#present) this.#soon(() => this.begin());
      },
    );
  }

  /** There is no connection any more. */
  end(): void {
    this.#present = undefined;
    clearTimeout(this.#timer);
  }

  /** Asks the owner at once, who may have learnt something. */
  again(): void {
    const present = this.#present;
    if (!present?.isKnown) return;
    const answer = this.#settings.identify(present.runId);
    if (present.isRight) {
      if (answer === false) this.#leave();
    } else if (answer === true) {
      clearTimeout(this.#timer);
      present.isRight = true;
      this.#patienceMs = FIRST_PATIENCE_MS;
      this.#settings.onRight();
    } else if (answer === false && performance.now() - present.since > this.#patienceMs) {
      this.#patienceMs = Math.min(MAX_PATIENCE_MS, 2 * this.#patienceMs);
      this.#leave();
    } else {
      this.#soon(() => this.again());
    }
  }

  #learn(present: object, answer: string | undefined | typeof CLUSTER): void {
    if (!this.#present || present !== this.#present) return;
    if (answer === CLUSTER) {
      this.#settings.onRight();
      return;
    }
    this.#present.runId = answer;
    this.#present.isKnown = true;
    this.again();
  }

  #leave(): void {
    const { connection, causes } = this.#settings;
    causes.warn(
      'other-redis',
      `Redis at ${connection.address} is not one server: its connections lead to different ones. Connecting again.`,
    );
    connection.reconnect();
  }

  #soon(action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, ASK_AGAIN_MS).unref();
  }
}

const CLUSTER = Symbol('a cluster');

async function runIdOf(client: RedisClient): Promise<string | undefined | typeof CLUSTER> {
  if ('isCluster' in client && client.isCluster) return CLUSTER;
  return /^run_id:(\w+)/m.exec(await client.info('server'))?.[1];
}
