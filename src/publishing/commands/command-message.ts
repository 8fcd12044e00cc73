import { isShortText, normaliseRoom } from '../../names/index.js';
import { isPosition, OLDEST } from '../../room-log/index.js';
import type { GatewayCommand } from './gateway-command.js';

/** A command on its way through the control room, and the id of who gave it: it need not hear itself. */
export interface CommandMessage {
  readonly from: string;
  readonly command: GatewayCommand;
}

/** The JSON of a command, as the `data` of an event of the control room. */
export function encodeCommand({ from, command }: CommandMessage): string {
  return JSON.stringify({ from, ...command });
}

/**
 * Reads what {@link encodeCommand} wrote, and checks all of it: who may write to Redis may have written anything.
 *
 * @param data of an event of the control room
 * @returns undefined for what is no command, such as one of a later version
 */
export function parseCommand(data: string | null): CommandMessage | undefined {
  const fields = readObject(data);
  if (!fields) return undefined;
  const { from, type, members } = fields;
  if (!isShortText(from) || !isRoom(members)) return undefined;
  const command = readCommand(type, members, fields);
  return command && { from, command };
}

type Fields = Readonly<Record<string, unknown>>;

function readObject(data: string | null): Fields | undefined {
  if (data === null) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function readCommand(type: unknown, members: string, fields: Fields): GatewayCommand | undefined {
  const { room, position, reason } = fields;
  switch (type) {
    case 'join':
      if (!isRoom(room)) return undefined;
      if (position === undefined) return { type, members, room };
      return isPosition(position) && position !== OLDEST ? { type, members, room, position } : undefined;
    case 'leave':
      return isRoom(room) ? { type, members, room } : undefined;
    case 'disconnect':
      if (reason === undefined) return { type, members };
      return isShortText(reason) ? { type, members, reason } : undefined;
    case 'revoke':
      return members.startsWith('user:') ? { type, members } : undefined;
    default:
      return undefined;
  }
}

/** Whether it is a room's name in the form in which names are known. */
function isRoom(value: unknown): value is string {
  try {
    return typeof value === 'string' && normaliseRoom(value) === value;
  } catch {
    return false;
  }
}
