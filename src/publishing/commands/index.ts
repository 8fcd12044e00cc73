export { CommandSender, type CommandSenderSettings } from './command-sender.js';
export { encodeCommand, parseCommand } from './command-message.js';
export { commandTo, RELAYED } from './command-to.js';
export { CONTROL_ROOM } from './control-room.js';
export type { GatewayCommand } from './gateway-command.js';
