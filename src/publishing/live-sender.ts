/** Who a live event is for. */
export interface LiveTarget {
  /** A room's normalised name; null is every socket of the namespace. */
  readonly room: string | null;
  /** Rooms whose sockets are left out. */
  readonly except: readonly string[];
}

/**
 * How `live` events and commands leave a process. Every method rejects with a `GatewayError` when what it was told
 * could not be handed over, and settles in bounded time.
 */
export interface LiveSender {
  /** @param payload built of JSON's types alone */
  emit(target: LiveTarget, event: string, payload: unknown): Promise<void>;

  /** Puts the sockets that are in `members` into `room`. A socket's own id is a room too. */
  join(members: string, room: string): Promise<void>;

  leave(members: string, room: string): Promise<void>;

  /** Closes the connections of the sockets that are in `members`. */
  disconnect(members: string): Promise<void>;
}
