import { isReservedBySocketIo } from '../names/index.js';
import { withoutCarried } from '../tracing/index.js';
import { CONTROL_ROOM } from './commands/index.js';

/**
 * Whether this is what an emitter keeps in a room: the inside of a packet's array, with a name that clients take, or in the
 * control room an object. A client that is sent anything else takes its connection for broken, comes back, and is sent it
 * again.
 */
export function isReadableData(room: string, data: string): boolean {
  try {
    if (room === CONTROL_ROOM) return data.startsWith('{') && JSON.parse(data) !== null;
    if (!data.startsWith('"')) return false;
    const [name, , ...rest] = JSON.parse(`[${withoutCarried(data)}]`) as [string, ...unknown[]];
    return rest.length === 0 && !isReservedBySocketIo(name);
  } catch {
    return false;
  }
}
