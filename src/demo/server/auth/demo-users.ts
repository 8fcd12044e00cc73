/** Somebody who can log in. */
export interface DemoUser {
  id: string;
  name: string;
}

/** The users of the demo. They have no passwords: the demo shows what happens after a login, not the login. */
export const DEMO_USERS: readonly DemoUser[] = [
  { id: 'ada', name: 'Ada Lovelace' },
  { id: 'grace', name: 'Grace Hopper' },
  { id: 'alan', name: 'Alan Turing' },
];

/** The name of a demo user, or the id of somebody else. */
export function nameOf(userId: string): string {
  return DEMO_USERS.find(({ id }) => id === userId)?.name ?? userId;
}
