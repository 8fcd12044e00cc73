/** A token: of an event, or of the beginning of a room. */
export const TOKEN = expect.stringMatching(/^\d{13}-\d+\.[~\w-]+(\.\w+)?$/) as string;

/** What a durable emit gives once the log has it, while so many servers have a socket in the room. */
export function published(servers: number): object {
  return { status: 'published', id: TOKEN, servers };
}

/** What a durable emit gives while Redis is away. */
export const QUEUED = { status: 'queued' };

/** How a socket stands to a room that it has joined at the present: in `gateway:ready` and as a reply to `gateway:join`. */
export function joinedRoom(room: string): object {
  return { room, ok: true, position: TOKEN, recovered: null, replayed: 0 };
}
