/** How long the faults last, and how often they are made. */
export interface ChaosForm {
  readonly name: 'short' | 'full';
  readonly rounds: number;
  readonly seed: number;
  /** The load before a fault, and after it. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** How long a killed process is away. */
  readonly serverAwayMs: number;
  readonly redisAwayMs: number;
  readonly redisPausedMs: number;
  readonly blackholedMs: number;
  readonly offlineMs: number;
  readonly blockedMs: number;
  /** How much is lost in a rollback. Emitters restore their last 10 s. */
  readonly forgottenMs: number;
}

const SHORT = {
  name: 'short',
  rounds: 1,
  beforeMs: 1000,
  afterMs: 2000,
  serverAwayMs: 1500,
  redisAwayMs: 1000,
  redisPausedMs: 3500,
  blackholedMs: 6000,
  offlineMs: 5000,
  blockedMs: 3000,
  forgottenMs: 2000,
} as const;

const FULL = {
  name: 'full',
  rounds: 3,
  beforeMs: 3000,
  afterMs: 5000,
  serverAwayMs: 5000,
  redisAwayMs: 3000,
  redisPausedMs: 10_000,
  blackholedMs: 20_000,
  offlineMs: 30_000,
  blockedMs: 6000,
  forgottenMs: 4000,
} as const;

/** CHAOS_FORM=full, CHAOS_ROUNDS and CHAOS_SEED choose it. */
export function chaosForm(env: NodeJS.ProcessEnv = process.env): ChaosForm {
  const form = env['CHAOS_FORM'] === 'full' ? FULL : SHORT;
  return {
    ...form,
    rounds: Number(env['CHAOS_ROUNDS'] ?? form.rounds),
    seed: Number(env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
  };
}
