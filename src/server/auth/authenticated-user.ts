/** Whose connection a socket is. */
export interface AuthenticatedUser {
  /** The user's id; the socket is in the room `user:<id>`. 1 to 256 bytes of UTF-8 in form NFC. */
  readonly id: string;
  /** What the token says, or what an own authenticator adds. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the token ends, in milliseconds of the epoch; left out when it does not. */
  readonly expiresAt?: number;
}
