import { JwtService } from '@nestjs/jwt';

/** The key of both sides. It guards nothing: the servers live for seconds, on the loopback address. */
export const SECRET = 'a key for measuring, of a usual length: 0123456789abcdef';

export const ALGORITHM = 'HS256';

/**
 * @param {number} count
 * @param {(index: number) => string} userId
 * @returns {string[]}
 */
export function makeTokens(count, userId) {
  const jwt = new JwtService({ secret: SECRET, signOptions: { algorithm: ALGORITHM, expiresIn: '1h' } });
  return Array.from({ length: count }, (_, index) => jwt.sign({ sub: userId(index) }));
}
