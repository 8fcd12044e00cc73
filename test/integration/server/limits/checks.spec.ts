import { RoomAuthorizer } from 'nestjs-socket-gateway';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import type { TestClient } from '../../../support/connect-client.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

let askedCount = 0;

class CountingAuthorizer extends RoomAuthorizer {
  mayJoin(_user: unknown, room: string): boolean {
    askedCount++;
    return room === 'room:open';
  }
}

interface Answer {
  readonly ok: boolean;
  readonly code?: string;
}

let server: LimitedServer;
beforeEach(async () => {
  askedCount = 0;
  server = await startLimitedServer({ checksPerSecond: 1 }, { classes: { authorizer: CountingAuthorizer } });
});
afterEach(() => server.stop());

/** What comes of so many requests, sent at once. */
function ask({ socket }: TestClient, event: string, request: object, count: number): Promise<Answer[]> {
  const asked = Array.from({ length: count }, () => socket.timeout(10_000).emitWithAck(event, request));
  return Promise.all(asked) as Promise<Answer[]>;
}

const LIMITED = { ok: false, code: 'RATE_LIMITED' };

it('Refreshes of a user are bounded on all connections together, and those of others are not', async () => {
  const [tab, otherTab, bob] = [
    await server.connect('ada'),
    await server.connect('ada'),
    await server.connect('bob'),
  ];
  const answers = [
    ...(await ask(tab, 'gateway:refresh', { token: signToken('ada') }, 3)),
    ...(await ask(otherTab, 'gateway:refresh', { token: 'none' }, 60)),
  ];
  expect(answers.slice(0, 3)).toMatchObject(Array(3).fill({ ok: true }));
  expect(answers[3]).toEqual({ ok: false, code: 'TOKEN_INVALID' });
  const limited = answers.filter(({ code }) => code === 'RATE_LIMITED');
  expect(limited.length).toBeGreaterThan(30);
  expect(server.limited('checks-per-user')).toBe(limited.length);
  expect(await ask(bob, 'gateway:refresh', { token: signToken('bob') }, 1)).toMatchObject([{ ok: true }]);
  expect(otherTab.socket.connected).toBe(true);
});

it('Refused joins of a user are bounded, without asking the authorizer, and later ones are taken', async () => {
  const ada = await server.connect('ada');
  const answers = await ask(ada, 'gateway:join', { room: 'room:closed' }, 60);
  expect(answers[0]).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
  const limited = answers.filter(({ code }) => code === 'RATE_LIMITED');
  expect(limited.length).toBeGreaterThan(30);
  expect(limited[0]).toEqual(LIMITED);
  expect(askedCount).toBe(60 - limited.length);
  await waitFor('a join to be taken', async () => {
    const [answer] = await ask(ada, 'gateway:join', { room: 'room:open' }, 1);
    return answer?.ok;
  });
});

it('Joins that are allowed do not count', async () => {
  const ada = await server.connect('ada');
  const answers = await ask(ada, 'gateway:join', { room: 'room:open' }, 60);
  expect(answers.filter(({ ok }) => ok)).toHaveLength(60);
  expect(server.limited('checks-per-user')).toBe(0);
});
