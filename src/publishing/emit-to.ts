import type { LiveTarget } from './live-sender.js';

/** What Socket.IO's namespaces and the official emitter have in common. */
interface Broadcaster {
  emit(event: string, payload: unknown): unknown;
  to(room: string): Broadcaster;
  except(rooms: string[]): Broadcaster;
}

/** Emits to a room, or to everybody, leaving out whom the target leaves out. */
export function emitTo(
  everybody: Broadcaster,
  { room, except }: LiveTarget,
  event: string,
  payload: unknown,
): void {
  const members = room === null ? everybody : everybody.to(room);
  (except.length === 0 ? members : members.except([...except])).emit(event, payload);
}
