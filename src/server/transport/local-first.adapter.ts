import { RedisAdapter } from '@socket.io/redis-adapter';
import type { BroadcastOptions, Room } from 'socket.io-adapter';

/**
 * The official adapter, except for how sockets join, leave and are disconnected. There a server asks through Redis,
 * itself too: `await joinRoom(…)` resolves before its own sockets are in the room, so they miss what is emitted next,
 * and while Redis is away they never join. Here its own sockets come first; then the other servers are asked. What
 * returns of that request is left unread (see `AdapterSubscriber`): late, it would undo what has been done since.
 */
export class LocalFirstAdapter extends RedisAdapter {
  override addSockets(options: BroadcastOptions, rooms: Room[]): void {
    super.addSockets(locally(options), rooms);
    if (!isLocal(options)) super.addSockets(options, rooms);
  }

  override delSockets(options: BroadcastOptions, rooms: Room[]): void {
    super.delSockets(locally(options), rooms);
    if (!isLocal(options)) super.delSockets(options, rooms);
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    super.disconnectSockets(locally(options), close);
    if (!isLocal(options)) super.disconnectSockets(options, close);
  }
}

function isLocal({ flags }: BroadcastOptions): boolean {
  return flags?.local ?? false;
}

function locally(options: BroadcastOptions): BroadcastOptions {
  return { ...options, flags: { ...options.flags, local: true } };
}
