import * as v from 'valibot';
import { limitsSchema } from '../../../../src/server/limits/limits.schema.js';

const RANGES: [string, number, number][] = [
  ['maxPacketBytes', 1024, 67_108_864],
  ['eventsPerSecond.perSocket', 1, 1_000_000],
  ['eventsPerSecond.perUser', 1, 1_000_000],
  ['bytesPerSecond.perSocket', 16_384, 1_073_741_824],
  ['bytesPerSecond.perUser', 16_384, 1_073_741_824],
  ['floodPauseMs', 0, 3_600_000],
  ['roomsPerSocket', 0, 100_000],
  ['connectionsPerUser', 1, 1_000_000],
  ['handshakeTimeoutMs', 100, 600_000],
  ['handshakesPerSecond.perUser', 1, 1_000_000],
  ['handshakesPerSecond.refusedPerAddress', 1, 1_000_000],
  ['unauthenticatedPerAddress', 1, 1_000_000],
  ['trustedProxies', 0, 10],
  ['joinsInFlight', 1, 10_000],
  ['checksPerSecond', 1, 1_000_000],
  ['maxQueuedBytes', 524_288, 1_073_741_824],
];

/** What is wrong with an option, if something is. */
function messageFor(path: string, value: unknown): string | undefined {
  const [first = '', second] = path.split('.');
  const limits = { [first]: second === undefined ? value : { [second]: value } };
  return v.safeParse(limitsSchema, limits).issues?.[0].message;
}

describe.each(RANGES)('limits.%s', (path, least, most) => {
  it('may be anything from the least to the most, or left out', () => {
    for (const value of [least, most, undefined]) expect(messageFor(path, value)).toBeUndefined();
  });

  it('may be nothing else, and the message says what it may be', () => {
    const wrong = [least - 1, most + 1, least + 0.5, NaN, Infinity, `${least}`, null, true, {}, [least]];
    for (const value of wrong) {
      const message = messageFor(path, value);
      expect(message).toContain(String(least));
      expect(message).toContain(String(most));
    }
  });
});

it('limits.connectionsPerUserKeeps is one of two words', () => {
  for (const value of ['newest', 'oldest', undefined])
    expect(messageFor('connectionsPerUserKeeps', value)).toBeUndefined();
  for (const value of ['none', '', 1, null])
    expect(messageFor('connectionsPerUserKeeps', value)).toMatch(/'newest' or 'oldest'/);
});

it('a limit that does not exist is refused', () => {
  expect(v.safeParse(limitsSchema, { roomsPerScoket: 1 }).success).toBe(false);
  expect(v.safeParse(limitsSchema, { eventsPerSecond: { perSokcet: 1 } }).success).toBe(false);
});
