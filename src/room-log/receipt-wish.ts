/** What an emitter wants to know of one durable event, or have done about it. */
export interface ReceiptWish {
  /** It waits so long to be told that a client has handled the event, in ms. */
  readonly withinMs?: number | undefined;
  /** Without an acknowledgement for so long, in ms, the event is handed to a handler of undelivered ones. */
  readonly afterMs?: number | undefined;
  /** When it was emitted, in ms since 1970. */
  readonly emittedAt?: number | undefined;
  /** Nobody waits any more to be told. */
  isGivenUp?: boolean;
}
