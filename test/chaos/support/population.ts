/** Users and rooms of a suite: everybody is in a room of their own, in one of a few, and in one that all are in. */
const CLIENT_COUNT = 50;
const TEAM_COUNT = 10;
const EVERYBODY = 'everybody';

/** A client: which user it is, and the rooms that it is in beside the user's own. */
export interface Person {
  readonly userId: string;
  readonly rooms: readonly string[];
}

export const PEOPLE: readonly Person[] = Array.from({ length: CLIENT_COUNT }, (_, index) => ({
  userId: `u${index}`,
  rooms: [`team-${index % TEAM_COUNT}`, EVERYBODY],
}));

export const TEAMS: readonly string[] = Array.from({ length: TEAM_COUNT }, (_, index) => `team-${index}`);

export const ALL_ROOMS: readonly string[] = [
  ...PEOPLE.map(({ userId }) => `user:${userId}`),
  ...TEAMS,
  EVERYBODY,
];

/** Where the load goes: few events to many, many to few. */
export const TARGETS = [
  { share: 0.5, rooms: PEOPLE.map(({ userId }) => ({ room: `user:${userId}`, userId })) },
  { share: 0.45, rooms: TEAMS.map((room) => ({ room })) },
  { share: 0.05, rooms: [{ room: EVERYBODY }] },
] as const;
