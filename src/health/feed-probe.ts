import { randomUUID } from 'node:crypto';
import { isGatewayError } from '../contract/index.js';
import type { CauseLog } from '../logging/index.js';
import type { GatewayMetrics } from '../metrics/index.js';
import type { Presence, RedisConnection, RedisSubscriber } from '../redis/index.js';

/** How often something is sent through the whole path. */
const PROBE_EVERY_MS = 5000;

/** So many probes in a row may be late before the path counts as broken. */
const STALE_AFTER_PROBES = 3;

/** After so many that Redis took and that did not come back, the connection is made anew; each time in vain twice as many. */
const RENEW_AFTER_PROBES = 2;
const RENEW_AFTER_PROBES_AT_MOST = 12;

/**
 * What is known of the path from Redis to this server:
 *
 * - `heard`: a probe came through it a moment ago.
 * - `starting`: none has come yet, and not much time has passed.
 * - `away`: Redis is not there, or has just come back.
 * - `deaf`: Redis takes probes, and they do not come back; or it refuses them.
 */
export type FeedState = 'heard' | 'starting' | 'away' | 'deaf';

export interface FeedProbeSettings {
  /** Which sends the probes. */
  readonly connection: RedisConnection;
  /** Which hears them. */
  readonly subscriber: RedisSubscriber;
  readonly presence: Presence;
  readonly causes: CauseLog;
  readonly metrics: GatewayMetrics;
  /** @default 5000 */
  readonly everyMs?: number | undefined;
}

/**
 * Sends something through the path that events take, from the connection that appends them to the one that hears them, and
 * looks whether it comes back. A connection that answers PING and hears nothing looks healthy to everything else; it is made
 * anew.
 */
export class FeedProbe {
  readonly #settings: FeedProbeSettings;
  readonly #everyMs: number;
  /** Nobody else's: what is heard was sent by this process. */
  readonly #channel: string;
  readonly #timer: NodeJS.Timeout;
  readonly #stops: readonly (() => void)[];
  readonly #startedAt = performance.now();
  #heardAt: number | undefined;
  #readyAt = 0;
  #wasAway = false;
  /** The last probes that were sent, that Redis took, and that came back. */
  #sent = 0;
  #taken = 0;
  #heard = 0;
  #missedCount = 0;
  #patience = RENEW_AFTER_PROBES;

  constructor(settings: FeedProbeSettings) {
    this.#settings = settings;
    const { connection, subscriber, metrics, presence, everyMs = PROBE_EVERY_MS } = settings;
    this.#everyMs = everyMs;
    this.#channel = `${presence.prefix}-probe#${presence.namespace}#${randomUUID().slice(0, 8)}`;
    connection.onAway(() => (this.#wasAway = true));
    connection.onReady(() => (this.#readyAt = performance.now()));
    this.#stops = [
      subscriber.onMessage((channel, message) => {
        if (channel === this.#channel) this.#hear(message);
      }),
      subscriber.onConfirmed((kind, names) => {
        if (kind === 'channel' && names.includes(this.#channel)) this.#begin();
      }),
      metrics.gauge('probe_age_seconds', {}, () => this.ageMs / 1000),
    ];
    subscriber.subscribe('channel', [this.#channel]);
    // What has arrived while the event loop was blocked is read first.
    this.#timer = setInterval(() => setImmediate(() => this.#look()), everyMs).unref();
  }

  /** How long ago a probe came back; before the first, how long ago it was begun. */
  get ageMs(): number {
    return performance.now() - (this.#heardAt ?? this.#startedAt);
  }

  get state(): FeedState {
    const before = this.#wasAway ? 'away' : 'starting';
    if (!this.#settings.connection.isReady) return before;
    const staleMs = this.#everyMs * STALE_AFTER_PROBES;
    if (this.#heardAt !== undefined && this.ageMs <= staleMs) return 'heard';
    return performance.now() - this.#readyAt <= staleMs ? before : 'deaf';
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stop of this.#stops) stop();
  }

  /** The channel is subscribed, on a connection that may be new. */
  #begin(): void {
    this.#missedCount = 0;
    this.#heard = this.#taken = this.#sent;
    this.#send();
  }

  #look(): void {
    const { subscriber, causes } = this.#settings;
    // Without the subscription there is nothing to hear; it is being made by others.
    if (!subscriber.isConfirmed('channel', this.#channel)) return;
    this.#missedCount = this.#taken > this.#heard ? this.#missedCount + 1 : 0;
    if (this.#missedCount >= this.#patience) {
      this.#patience = Math.min(RENEW_AFTER_PROBES_AT_MOST, this.#patience * 2);
      causes.error(
        'feed-deaf',
        'The connection that hears Redis answers and hears nothing: what this server sent to itself did not come back. It is made anew.',
      );
      subscriber.renew();
      return;
    }
    this.#send();
  }

  #send(): void {
    const probe = ++this.#sent;
    this.#settings.connection
      .call((client) => client.publish(this.#channel, String(probe)))
      .then(
        () => (this.#taken = Math.max(this.#taken, probe)),
        (error: unknown) => {
          // That Redis is away is said by its connection.
          if (isGatewayError(error) && error.retryable) return;
          this.#settings.causes.error(
            'probe-refused',
            `Redis refuses what this server sends to itself to know whether it hears: ${String(error)}`,
          );
        },
      );
  }

  #hear(message: Buffer): void {
    const probe = Number(message.toString());
    if (!(probe <= this.#sent)) return;
    this.#heard = Math.max(this.#heard, probe);
    this.#heardAt = performance.now();
    this.#missedCount = 0;
    this.#patience = RENEW_AFTER_PROBES;
  }
}
