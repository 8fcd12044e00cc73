import { JwtService } from '@nestjs/jwt';

/** What the servers of the tests verify tokens with. */
export const TEST_SECRET = 'the secret of the tests, which is long enough';

/** A token that the servers of the tests accept, for this user; `claims` are added or win. */
export function signToken(userId: string, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return new JwtService().sign({ sub: userId, exp: now + 3600, ...claims }, { secret: TEST_SECRET });
}
