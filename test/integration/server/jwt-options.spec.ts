import { JwtService } from '@nestjs/jwt';
import { SocketGatewayModule, type JwtOptions } from 'nestjs-socket-gateway';
import { startGatewayHarness, type GatewayHarness } from 'nestjs-socket-gateway/testing';
import { TEST_SECRET } from '../../support/sign-token.js';

const jwt = new JwtService({ secret: TEST_SECRET });
let harness: GatewayHarness | undefined;

afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

/** What a client with these claims gets from a server with these options: its user, or why it was refused. */
async function outcome(options: Partial<JwtOptions>, claims: Record<string, unknown>): Promise<unknown> {
  harness = await startGatewayHarness({
    application: SocketGatewayModule.forRoot({
      transport: 'local',
      redis: '',
      auth: { jwt: { secret: TEST_SECRET, algorithms: ['HS256'], ...options } },
    }),
    token: () => jwt.sign({ sub: 'ann', ...claims }),
  });
  try {
    return (await harness.connect('ann')).ready.userId;
  } catch (error) {
    return (error as { data?: { code?: unknown } }).data?.code;
  }
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('clocks that differ', () => {
  it('are not forgiven by default', async () => {
    expect(await outcome({}, { exp: inSeconds(-5) })).toBe('TOKEN_EXPIRED');
    await harness?.close();
    expect(await outcome({}, { exp: inSeconds(60), nbf: inSeconds(30) })).toBe('TOKEN_INVALID');
  });

  it('are forgiven within clockToleranceMs, at both ends of a token', async () => {
    expect(await outcome({ clockToleranceMs: 60_000 }, { exp: inSeconds(-30), nbf: inSeconds(30) })).toBe(
      'ann',
    );
  });

  it('are not forgiven beyond it', async () => {
    expect(await outcome({ clockToleranceMs: 10_000 }, { exp: inSeconds(-30) })).toBe('TOKEN_EXPIRED');
  });
});

describe('a token without exp', () => {
  it('is refused by default', async () => {
    expect(await outcome({}, {})).toBe('TOKEN_INVALID');
  });

  it('is accepted when requireExpiry is switched off', async () => {
    expect(await outcome({ requireExpiry: false }, {})).toBe('ann');
  });
});
