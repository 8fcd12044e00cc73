import type { LiveTarget } from './live-sender.js';

/** What Socket.IO's namespaces and the official emitter have in common. */
interface Broadcaster {
  emit(event: string, payload: unknown): unknown;
  to(room: string): Broadcaster;
  except(rooms: string[]): Broadcaster;
}

/** What a message between servers says beside its event and its rooms; adapters pass on what they do not know. */
interface WithFlags {
  readonly flags?: Record<string, unknown>;
}

/** Emits to a room, or to everybody, leaving out whom the target leaves out. */
export function emitTo(
  everybody: Broadcaster,
  { room, except, traceparent }: LiveTarget,
  event: string,
  payload: unknown,
): void {
  const members = room === null ? everybody : everybody.to(room);
  const receivers = except.length === 0 && traceparent === undefined ? members : members.except([...except]);
  const { flags } = receivers as WithFlags;
  // Each is an object of its own, and made for this emit.
  if (flags && traceparent !== undefined) flags['traceparent'] = traceparent;
  receivers.emit(event, payload);
}
