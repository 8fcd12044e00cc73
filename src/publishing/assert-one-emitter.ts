import type { ModulesContainer } from '@nestjs/core';
import { GatewayError, SocketEmitter } from '../contract/index.js';

/**
 * One application has one emitter: with both modules in it, whoever injects `SocketEmitter` would get the one that
 * happens to be found first.
 *
 * @throws EMITTER_AMBIGUOUS
 */
export function assertOneEmitter(modules: ModulesContainer): void {
  const owners = [...modules.values()].filter(({ providers }) => providers.has(SocketEmitter));
  if (owners.length <= 1) return;
  const names = owners.map(({ name }) => name).join(' and ');
  throw new GatewayError(
    'EMITTER_AMBIGUOUS',
    `${names} are in one application. Import SocketGatewayModule where browsers connect, WorkerGatewayModule in a worker, and either of them once.`,
  );
}
