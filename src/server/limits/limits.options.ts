/**
 * What one client, user or address may take of a server. All are counted by each server for itself; what is refused is
 * counted in `limited_total`, and logged once per limit and period.
 */
export interface LimitsOptions {
  /**
   * The largest packet that a client may send, 1,024 to 67,108,864 bytes; a larger one ends its connection (WebSocket: close
   * code 1009) or is answered with HTTP 413 (polling). Too small, and clients lose what they send; too large, and parsing one
   * packet keeps everybody else waiting.
   * @default 100000
   */
  maxPacketBytes?: number | undefined;

  /**
   * How many events may come in within a second, 1 to 1,000,000. An event counts once for every 16 KiB begun. What comes
   * above it is refused unread: its acknowledgement is `{ ok: false, code: 'RATE_LIMITED' }`, and without one it is dropped.
   * A connection that sends ten times as much as `perSocket` is ended. Too small, and a page that does much at once loses
   * events; too large, and one client can keep a server busy.
   * @default { perSocket: 200, perUser: 1000 }
   */
  eventsPerSecond?: { perSocket?: number | undefined; perUser?: number | undefined } | undefined;

  /**
   * How many bytes are read within a second of one connection, and of all of a user's or, without a user, of an address's,
   * 16,384 to 1,073,741,824. Who sends more is not refused anything but read more slowly: the rest waits in the network and at the
   * client. A quarter of a second's worth may come at once. Too small, and large packets take long; too large, and one client can
   * keep a server busy reading.
   * @default { perSocket: 1000000, perUser: 5000000 }, or 10 and 50 times maxPacketBytes if that is more
   */
  bytesPerSecond?: { perSocket?: number | undefined; perUser?: number | undefined } | undefined;

  /**
   * How long a user who has sent so much that a connection was ended is refused new ones, with the code RATE_LIMITED, 0 (not at
   * all) to 3,600,000 milliseconds. Too short, and who floods goes on at once; too long, and a page with a mistake locks its
   * user out.
   * @default 10000
   */
  floodPauseMs?: number | undefined;

  /**
   * How many rooms a client may join by itself on one connection, 0 to 100,000, besides its own and the default ones; more
   * are refused with TOO_MANY_ROOMS. What the application joins does not count. Too small, and pages miss their rooms; too
   * large, and one client makes the server follow as many.
   * @default 100
   */
  roomsPerSocket?: number | undefined;

  /**
   * How many connections a user may have to this server, 1 to 1,000,000. Too small, and people with many tabs lose some; too
   * large, and one account can fill a server.
   * @default 20
   */
  connectionsPerUser?: number | undefined;

  /**
   * Who stays when a user has one connection too many. `newest`: the oldest is told `gateway:disconnecting` with the code
   * TOO_MANY_CONNECTIONS and ended. `oldest`: the new one is refused with that code.
   * @default 'newest'
   */
  connectionsPerUserKeeps?: 'newest' | 'oldest' | undefined;

  /**
   * How long a connection may take until it is in a namespace, the authenticator included, 100 to 600,000 milliseconds; then it
   * is closed, as is one that has left its last namespace for so long. An authenticator that takes longer refuses with AUTH_UNAVAILABLE. Too short, and slow networks never connect;
   * too long, and connections that never say anything fill the server.
   * @default 10000
   */
  handshakeTimeoutMs?: number | undefined;

  /**
   * In how many namespaces one connection may be at once, 1 to 10,000; more are refused with TOO_MANY_NAMESPACES. Too small, and pages
   * with a namespace for each of many things miss some; too large, and where namespaces are a pattern one client makes the server
   * have as many, each with subscriptions in Redis of its own.
   * @default 100
   */
  namespacesPerConnection?: number | undefined;

  /**
   * How many handshakes there may be within a second, 1 to 1,000,000, each for one namespace; five times as many at once. Those of
   * one user, and of one connection (unless the server has a parser of your own), whether there is such a namespace or not: more are
   * refused with RATE_LIMITED. Those of one address that come to nothing, because they are refused or never say who they are: then
   * the address gets HTTP 403 `RATE_LIMITED`, a second late, until there are fewer. Too small, and many who come back
   * together wait for each other; too large, and who connects again and again keeps the server busy.
   * @default { perUser: 20, refusedPerAddress: 50 }
   */
  handshakesPerSecond?: { perUser?: number | undefined; refusedPerAddress?: number | undefined } | undefined;

  /**
   * How many connections of one address (of IPv6: one /64) may be there that have not been authenticated, those in public
   * namespaces included, 1 to 1,000,000; more get HTTP 403 `TOO_MANY_UNAUTHENTICATED`. Too small, and many people behind one
   * address cannot connect at once; too large, and one address can fill the server without a token.
   * @default 1000
   */
  unauthenticatedPerAddress?: number | undefined;

  /**
   * How many proxies of yours stand before the server, 0 to 10: the address of a client is the one that the outermost of
   * them has appended to `X-Forwarded-For`. Too few, and all clients have the address of a proxy; too many, and clients may
   * invent theirs.
   * @default 0: the address of the connection
   */
  trustedProxies?: number | undefined;

  /**
   * How many `gateway:join`, `gateway:leave` and `gateway:refresh` of one connection may wait for their turn, 1 to 10,000; more are refused with
   * TOO_MANY_JOINS.
   * @default 100
   */
  joinsInFlight?: number | undefined;

  /**
   * How many `gateway:refresh`, and `gateway:join` that are refused, there may be of one user within a second, 1 to 1,000,000; five
   * times as many at once. Each makes the server verify a token or ask the authorizer. Above it refreshes and joins are answered
   * with RATE_LIMITED, and nobody is asked. Too small, and a user's many tabs cannot refresh together; too large, and one account
   * keeps the server, and what the authorizer asks, busy.
   * @default 20
   */
  checksPerSecond?: number | undefined;

  /**
   * How many bytes may wait for a client that does not read them as fast as they come, at least 524,288 more than
   * `maxPayloadBytes`; then it is disconnected, and goes on at its position when it comes back. Too small, and clients that
   * are sent much at once are disconnected though they read; too large, and slow ones fill the memory.
   * @default 1048576, or 524288 + 4 times maxPayloadBytes if that is more
   */
  maxQueuedBytes?: number | undefined;
}

/** {@link LimitsOptions} with everything decided. */
export interface ResolvedLimits {
  readonly maxPacketBytes: number;
  readonly eventsPerSecond: { readonly perSocket: number; readonly perUser: number };
  readonly bytesPerSecond: { readonly perSocket: number; readonly perUser: number };
  readonly floodPauseMs: number;
  readonly roomsPerSocket: number;
  readonly connectionsPerUser: number;
  readonly connectionsPerUserKeeps: 'newest' | 'oldest';
  readonly handshakeTimeoutMs: number;
  readonly namespacesPerConnection: number;
  readonly handshakesPerSecond: { readonly perUser: number; readonly refusedPerAddress: number };
  readonly unauthenticatedPerAddress: number;
  readonly trustedProxies: number;
  readonly joinsInFlight: number;
  readonly checksPerSecond: number;
  readonly maxQueuedBytes: number;
}
