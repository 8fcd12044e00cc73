import type { Token } from '../../room-log/index.js';

/**
 * What all servers of a namespace are told to do with sockets of theirs. `members` is the room whose sockets are meant: a
 * user's own room, or a socket's id, which is a room too.
 */
export type GatewayCommand = JoinCommand | LeaveCommand | DisconnectCommand | RevokeCommand;

/** Puts the members into a room. */
export interface JoinCommand {
  readonly type: 'join';
  readonly members: string;
  readonly room: string;
  /**
   * Where the room was when the command was given: the members get what was emitted to it since. Absent when that could
   * not be told, or when the command is carried out in the same moment.
   */
  readonly position?: Token | undefined;
}

/** Takes the members out of a room. */
export interface LeaveCommand {
  readonly type: 'leave';
  readonly members: string;
  readonly room: string;
}

/** Closes the members' connections. */
export interface DisconnectCommand {
  readonly type: 'disconnect';
  readonly members: string;
  /** For the servers' logs. */
  readonly reason?: string | undefined;
}

/** Closes the members' connections, because their tokens were revoked; who has a newer one may come back. */
export interface RevokeCommand {
  readonly type: 'revoke';
  readonly members: string;
}
