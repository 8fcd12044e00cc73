import fc from 'fast-check';
import type { Delivery } from 'nestjs-socket-gateway';
import type { Eavesdropper } from './eavesdropper.js';

export const USERS = ['ada', 'bob', '*', '\u0430da'] as const;
export const DELIVERIES = ['live', 'latest', 'durable'] as const satisfies Delivery[];

/** Names that mean something to somebody: to Redis, to channels, to objects, to readers, or to this library. */
export const NAMES = [
  ...['#', '*', '{}', '[a]', 'a', 'a#b', '}', '{a}b', '/#', '?', '\\', 'a:1log', '__proto__', '0', 'a,b'],
  ...['caf\u00e9', '\uff41', 'x'.repeat(256), '\u00e9'.repeat(128), 'announcements-global', '{news}'],
  ...USERS.map((user) => `user:${user}`),
  'user:\u1ea1da',
];
const CLAIMS = [...NAMES, '*', 'a*', 'user:*', '[*', 's*', 'socket:*', 'cafe\u0301'];

const room = fc.nat(NAMES.length + 3);
const member = fc.nat(3);
const claims = fc.uniqueArray(fc.constantFrom(...CLAIMS), { maxLength: 5 });
const from = fc.constantFrom('now', 'all', 'forged');

/** What clients and the application do; rooms by their places in the list of names, and after these the sockets' own. */
export const step = fc.oneof(
  fc.record({ does: fc.constant('join' as const), member, room, from }),
  fc.record({ does: fc.constant('leave' as const), member, room }),
  fc.record({ does: fc.constant('refresh' as const), member, claims }),
  fc.record({ does: fc.constant('put' as const), member, room, one: fc.boolean() }),
  fc.record({ does: fc.constant('take' as const), member, room, one: fc.boolean() }),
  fc.record({ does: fc.constant('emit' as const), room, delivery: fc.constantFrom(...DELIVERIES) }),
  fc.record({
    does: fc.constant('connect' as const),
    member,
    claims,
    rooms: fc.array(room, { maxLength: 4 }),
    from,
    /** Whether the commands about rooms in this round are given when it is in. */
    isAwaited: fc.boolean(),
  }),
  fc.record({ does: fc.constantFrom('revoke' as const, 'disconnect' as const), member }),
);

/** A step as it was drawn. */
export type Drawn = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** The application puts a user's sockets into a room as the user comes back: another one is there in time, or may not be. */
export const CAME_AS_PUT: Drawn[][][] = [true, false].map((isAwaited) => [
  [
    { does: 'put', member: 1, room: NAMES.indexOf('*'), one: false },
    { does: 'connect', member: 0, claims: [], rooms: [0], from: 'now', isAwaited },
  ],
]);

/** A step and the rooms that it is about, by what they were called before any step of its round. */
export type Step = Drawn & { readonly names: readonly string[] };

/** Where it says rooms. */
export function roomsIn(one: Drawn): readonly number[] {
  if (one.does === 'connect') return one.rooms;
  return 'room' in one ? [one.room] : [];
}

/** Whether a step is about a client: about the one that was there when the round began, or about all of a user. */
export function means(one: Step, client: Eavesdropper, connected: readonly Eavesdropper[]): boolean {
  if (!('member' in one)) return false;
  const member = connected[one.member];
  return 'one' in one && one.one ? member === client : member?.userId === client.userId;
}

/** Whether a client may have joined the room in the same moment, after it was taken out of it. */
export function isAsked(name: string, steps: readonly Step[]): boolean {
  return steps.some((one) => one.does === 'join' && one.names.includes(name));
}
