import { Injectable } from '@nestjs/common';
import type { HealthReport } from '../../health/index.js';
import { SocketGatewayHealth } from './socket-gateway-health.js';

/** A result as `@nestjs/terminus` reads it: the status and the details, under a key. */
export type SocketGatewayHealthResult<Key extends string = string> = Record<
  Key,
  { status: HealthReport['status'] } & Record<string, string | number | boolean>
>;

/**
 * {@link SocketGatewayHealth} for `@nestjs/terminus` 11 and 12, of which it imports nothing.
 *
 * ```ts
 * health.check([() => indicator.readiness()])
 * ```
 */
@Injectable()
export class SocketGatewayHealthIndicator {
  readonly #health: SocketGatewayHealth;

  constructor(health: SocketGatewayHealth) {
    this.#health = health;
  }

  /** @param key under which the result stands */
  liveness<Key extends string = 'socketGateway'>(key?: Key): SocketGatewayHealthResult<Key> {
    return result(key, this.#health.liveness());
  }

  /** @param key under which the result stands */
  readiness<Key extends string = 'socketGateway'>(key?: Key): SocketGatewayHealthResult<Key> {
    return result(key, this.#health.readiness());
  }
}

function result<Key extends string>(
  key: Key | undefined,
  { status, details }: HealthReport,
): SocketGatewayHealthResult<Key> {
  return { [key ?? 'socketGateway']: { ...details, status } } as SocketGatewayHealthResult<Key>;
}
