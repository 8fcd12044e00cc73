import { Logger } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { gatewaysOf, type FoundGateway } from './gateways-of.js';

const HOOKS = ['handleConnection', 'handleDisconnect'] as const;

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Makes what the application's gateways throw in `handleConnection` and `handleDisconnect` a line in the log. Nest
 * calls both from within an observable and drops their promises, so that either kind of failure ends the process.
 *
 * To be called before Nest binds the gateways and after it has made them: when it asks for the first server.
 */
export function surviveHooks(modules: ModulesContainer): void {
  for (const { metatype, instance } of gatewaysOf(modules)) {
    const logger = new Logger(metatype.name);
    for (const name of HOOKS) wrap(instance, name, logger);
  }
}

function wrap(gateway: FoundGateway['instance'], name: (typeof HOOKS)[number], logger: Logger): void {
  const hook = gateway[name] as Hook | undefined;
  if (typeof hook !== 'function') return;
  const report = (error: unknown): void =>
    logger.error(`${name} failed`, error instanceof Error ? error.stack : error);
  gateway[name] = async (...args: unknown[]): Promise<void> => {
    try {
      await hook.apply(gateway, args);
    } catch (error) {
      report(error);
    }
  };
}
