import type { ModulesContainer } from '@nestjs/core';
import { GATEWAY_OPTIONS, PORT_METADATA } from '@nestjs/websockets/constants.js';
import type { ServerOptions } from 'socket.io';
import { gatewaysOf } from './gateways-of.js';

/** Which gateways a server is for. */
export interface SharedServer {
  readonly port: number;
  /** Of the gateways that name it; undefined: of those that name none. */
  readonly path: string | undefined;
  /** Whether all gateways have this path, whatever they name. */
  readonly isPathOfAll: boolean;
}

type Decorated = Partial<ServerOptions> & { namespace?: unknown };

/**
 * What the decorators of all gateways say that share a server. Nest makes a server with the options of the gateway that
 * it comes to first, which is not the first one, and forgets the others'.
 *
 *     @WebSocketGateway({ pingInterval: 5000 })
 *     @WebSocketGateway({ namespace: 'chat', pingInterval: 9000, parser })
 *     → { pingInterval: 5000, parser }
 *
 * @returns of what several say differently, what the first one in the order of the modules says
 */
export function decoratedOptions(modules: ModulesContainer, server: SharedServer): Partial<ServerOptions> {
  const all: Decorated = {};
  for (const { metatype } of gatewaysOf(modules)) {
    const options = (Reflect.getMetadata(GATEWAY_OPTIONS, metatype) ?? {}) as Decorated;
    const port = (Reflect.getMetadata(PORT_METADATA, metatype) ?? 0) as number;
    if (port !== server.port || !(server.isPathOfAll || options.path === server.path)) continue;
    const said = Object.entries(options).filter(([, value]) => value !== undefined);
    Object.assign(all, { ...Object.fromEntries(said), ...all });
  }
  delete all.namespace;
  return all;
}
