export { CommandExecutor } from './command-executor.js';
export { ControlRoom } from './control-room.js';
