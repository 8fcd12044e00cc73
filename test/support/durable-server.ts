import { SocketGatewayModule, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import type { ConnectAuth, ReadyMessage, RoomJoined } from 'nestjs-socket-gateway/contract';
import { AUTH, startGatewayApp, type GatewayApp } from './gateway-app.js';
import { signToken } from './sign-token.js';
import type { TestClient } from './connect-client.js';

/** Starts a server whose rooms are kept in a Redis. */
export function startDurableServer(
  redis: string | undefined,
  prefix: string,
  options: Partial<SocketGatewayOptions> = {},
): Promise<GatewayApp> {
  return startGatewayApp({
    gateway: SocketGatewayModule.forRoot({
      // Not even that of the environment.
      redis: redis ?? '',
      prefix,
      delivery: 'durable',
      drainMs: 0,
      ...options,
      auth: { ...AUTH, ...options.auth },
    }),
  });
}

/** Connects a user with what else a client says when it connects. */
export function connectWith(
  server: GatewayApp,
  userId: string,
  auth: Omit<ConnectAuth, 'token'> = {},
  claims: Record<string, unknown> = {},
): Promise<TestClient> {
  return server.connect(userId, { auth: { token: signToken(userId, claims), ...auth } });
}

/** What the server said first. */
export function readyOf(client: TestClient): ReadyMessage {
  return client.payloads('gateway:ready')[0] as ReadyMessage;
}

/** How the client stands to a room that it was let into. */
export function joinedIn(client: TestClient, room: string): RoomJoined {
  const readiness = readyOf(client).rooms.find((one) => one.room === room);
  if (!readiness?.ok) throw new Error(`Not in '${room}': ${JSON.stringify(readiness)}`);
  return readiness;
}

/** The newest position of a client in a room, from what it was sent. */
export function positionIn(client: TestClient, room: string): string {
  let position = joinedIn(client, room).position;
  for (const { name, args } of client.events) {
    const message = (name === 'gateway:gap' ? args[0] : args[1]) as Record<string, string> | undefined;
    if (message?.['room'] === room) position = message['id'] ?? message['position'] ?? position;
  }
  if (position === null) throw new Error(`No position in '${room}'.`);
  return position;
}
