import type { GatewayCommand } from './gateway-command.js';

/**
 * A room that nobody is in, left out of every command that is relayed: by it the servers that follow the control room know
 * that they need not listen. To others it means nothing.
 */
export const RELAYED = '\u0001relayed';

/** What Socket.IO's namespaces and the official emitter have in common. */
interface Commander {
  in(room: string): Commander;
  except(room: string): Commander;
  socketsJoin(room: string): unknown;
  socketsLeave(room: string): unknown;
  disconnectSockets(close: boolean): unknown;
}

/**
 * Gives a command as Socket.IO's adapters do, at most once: for servers that know nothing of the control room, such as
 * those with the official Redis adapter.
 */
export function commandTo(everybody: Commander, command: GatewayCommand): void {
  const members = everybody.in(command.members).except(RELAYED);
  if (command.type === 'join') members.socketsJoin(command.room);
  else if (command.type === 'leave') members.socketsLeave(command.room);
  else members.disconnectSockets(true);
}
