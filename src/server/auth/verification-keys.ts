import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';

/** Keys are few: one, or while they are rotated two or three. */
const MAX_KEPT = 16;

/**
 * Parses keys, and keeps the parsed ones: the verifier would parse a key anew for each token, which costs more than the
 * verification of the token. Public keys stay public keys, so that none is taken for the secret of an HS algorithm.
 */
export class VerificationKeys {
  readonly #parsed = new Map<string, KeyObject>();

  /** @param key a PEM, or a secret of any form */
  parse(key: string | Buffer): KeyObject {
    const text = typeof key === 'string' ? `text:${key}` : `bytes:${key.toString('latin1')}`;
    const known = this.#parsed.get(text);
    if (known) return known;
    const parsed = parseKey(key);
    if (this.#parsed.size >= MAX_KEPT) this.#parsed.clear();
    this.#parsed.set(text, parsed);
    return parsed;
  }
}

function parseKey(key: string | Buffer): KeyObject {
  try {
    return createPublicKey(key);
  } catch {
    // No PEM: then it is a secret.
    return createSecretKey(Buffer.from(key as string));
  }
}
