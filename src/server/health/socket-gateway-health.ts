import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { HealthReport } from '../../health/index.js';
import { GatewayRuntime } from '../gateway-runtime.js';
import type { ResolvedSocketGatewayOptions } from '../options/index.js';
import { SERVER_OPTIONS } from '../socket-gateway.constants.js';

/**
 * Whether this server is alive, and whether a load balancer should send it clients. Both answer at once and ask nobody.
 *
 * ```ts
 * const { status, details } = health.readiness(); // status 'down': answer with 503
 * ```
 */
@Injectable()
export class SocketGatewayHealth implements OnApplicationShutdown {
  readonly #runtime: GatewayRuntime;
  readonly #requireRedis: boolean;
  readonly #stopMeasuring: () => void;

  constructor(
    runtime: GatewayRuntime,
    @Inject(SERVER_OPTIONS)
    { requireRedis, metrics }: Pick<ResolvedSocketGatewayOptions, 'requireRedis' | 'metrics'>,
  ) {
    this.#runtime = runtime;
    this.#requireRedis = requireRedis;
    this.#stopMeasuring = metrics.gauge('ready', {}, () => (this.readiness().status === 'up' ? 1 : 0));
  }

  /** Called by Nest. Until then its not being ready is shown. */
  onApplicationShutdown(): void {
    this.#stopMeasuring();
  }

  /** Always `up`: who can ask gets an answer, and no state of Redis is a reason to restart this process. */
  liveness(): HealthReport {
    const { connectionCount, drain } = this.#runtime;
    return { status: 'up', details: { connections: connectionCount, draining: drain.isDraining } };
  }

  /**
   * `down` while the server drains, before its gateway is open, and when it does not hear Redis though Redis is there. While
   * Redis is away it is `up`, as it serves its own sockets, unless the option `requireRedis` is set.
   */
  readiness(): HealthReport {
    const { connectionCount, drain, namespace, probe } = this.#runtime;
    const redis = probe?.state ?? 'none';
    const isHearing = redis === 'none' || redis === 'heard' || (redis === 'away' && !this.#requireRedis);
    const isUp = namespace !== undefined && !drain.isDraining && isHearing;
    const details = { connections: connectionCount, draining: drain.isDraining, redis };
    return {
      status: isUp ? 'up' : 'down',
      details: probe ? { ...details, probeAgeSeconds: Math.round(probe.ageMs / 100) / 10 } : details,
    };
  }
}
