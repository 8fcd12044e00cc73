/** Whose connection a socket is. */
export interface AuthenticatedUser {
  /** The user's id; the socket is in the room `user:<id>`. 1 to 256 bytes of UTF-8 in form NFC. */
  readonly id: string;
  /** What the token says, or what an own authenticator adds. */
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * When the connection ends unless it is refreshed, in milliseconds of the epoch: the token's `exp` and the clock tolerance.
   * Left out when it does not end.
   */
  readonly expiresAt?: number;
}
