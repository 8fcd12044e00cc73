export { CommandSender, type CommandSenderSettings } from './command-sender.js';
export { encodeCommand, parseCommand, type CommandMessage } from './command-message.js';
export { commandTo, RELAYED } from './command-to.js';
export { CONTROL_ROOM } from './control-room.js';
export type {
  DisconnectCommand,
  GatewayCommand,
  JoinCommand,
  LeaveCommand,
  RevokeCommand,
} from './gateway-command.js';
