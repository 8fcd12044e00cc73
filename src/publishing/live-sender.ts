/** Who a live event is for. */
export interface LiveTarget {
  /** A room's normalised name; null is every socket of the namespace. */
  readonly room: string | null;
  /** Rooms whose sockets are left out. */
  readonly except: readonly string[];
  /** What the event carries to other servers, for their tracing. */
  readonly traceparent?: string | undefined;
}

/**
 * How `live` events leave a process. Rejects with a `GatewayError` when what it was told could not be handed over, and
 * settles in bounded time.
 */
export interface LiveSender {
  /** @param payload built of JSON's types alone */
  emit(target: LiveTarget, event: string, payload: unknown): Promise<void>;
}
