import { JobChannels } from 'nestjs-socket-gateway/jobs';
import { signJobToken } from '../../../src/job-rooms/index.js';
import { connectWith, readyOf } from '../../support/durable-server.js';
import { JOB_SECRET, JobFixture, jobLike } from '../../support/jobs/job-fixture.js';
import { waitFor } from '../../support/wait-for.js';

let fixture: JobFixture;
beforeAll(async () => (fixture = await JobFixture.start()));
afterAll(() => fixture.stop());

const channels = new JobChannels({ secret: JOB_SECRET });
const idOf = (): string => String(jobLike().id);
const tokenFor = (id: string, userId = 'ann'): string => channels.issue('imports', id, userId);
const expired = (id: string, userId = 'ann'): string =>
  signJobToken({ room: `job:imports:${id}`, userId, expiresAt: Date.now() - 1 }, Buffer.from(JOB_SECRET));

describe('a job that is watched with a token', () => {
  it('may be watched before it has begun, and is kept up to date until its end', async () => {
    const id = idOf();
    const watch = await (await fixture.client()).watchJob('imports', id, { token: tokenFor(id) });
    expect([watch.state, watch.progress]).toEqual([null, null]);
    const seen: unknown[] = [];
    watch.onChange(({ state, progress }) => seen.push([state?.status, progress?.done]));
    const report = fixture.reporter().for(jobLike({ id }));
    await report.started({ total: 4 });
    report.progress(2);
    await waitFor('the progress', () => watch.progress?.done === 2);
    await report.completed(7);
    expect(await watch.ended).toMatchObject({ status: 'completed', total: 4, result: 7 });
    expect(seen).toEqual([
      ['running', undefined],
      ['running', 2],
      ['completed', undefined],
    ]);
  });

  it('shows how it stands to who comes late, in one step, and not how it came to that', async () => {
    const id = idOf();
    const report = fixture.reporter().for(jobLike({ id }));
    await report.fileCompleted('a.csv');
    await report.fileProcessing('b.csv');
    report.progress(3, 4);
    await report.error(new Error('odd row'));
    const client = await fixture.client('bob');
    const events: string[] = [];
    client.socket.onAny((name: string, data: { type?: string }) => events.push(data.type ?? name));
    const watch = await client.watchJob('imports', id, { token: tokenFor(id, 'bob') });
    expect(watch.state).toMatchObject({
      status: 'running',
      file: 'b.csv',
      filesCompleted: 1,
      error: { message: 'odd row' },
    });
    expect(watch.progress).toMatchObject({ done: 3, total: 4 });
    expect(events.sort()).toEqual(['gateway:job-state', 'job_progress']);
  });

  it('is watched again on the next connection, with what has happened meanwhile', async () => {
    const id = idOf();
    const client = await fixture.client();
    const watch = await client.watchJob('imports', id, { token: tokenFor(id) });
    client.socket.io.engine.close();
    await waitFor('the connection to break', () => client.state === 'offline');
    await fixture.reporter().for(jobLike({ id })).completed('meanwhile');
    expect(await watch.ended).toMatchObject({ result: 'meanwhile' });
  });

  it('leaves no progress of a run that fails with the words of the one before, which the queue did not hear', async () => {
    const id = idOf();
    for (const done of [5, 7]) {
      const report = fixture.reporter().for(jobLike({ id, opts: { attempts: 2 } }), { userId: 'eve' });
      await report.started();
      report.progress(done, 10);
      await report.failedForNow(new Error('the disk is full'));
    }
    const late = await connectWith(fixture.server, 'eve');
    await fixture.server.gateway.emitToUser('eve', 'end', 1);
    await late.received('end', 1);
    expect(late.payloads('gateway:job')).toEqual([]);
  });

  it('is watched once for several in one page, and left when the last has stopped', async () => {
    const id = idOf();
    const client = await fixture.client();
    const one = await client.watchJob('imports', id, { token: tokenFor(id) });
    await fixture.reporter().for(jobLike({ id })).started();
    await waitFor('the state', () => one.state);
    const other = await client.watchJob('imports', id);
    expect(other.state).toMatchObject({ status: 'running' });
    one.stop();
    await fixture.reporter().for(jobLike({ id })).completed();
    await other.ended;
    expect(Object.keys(client.positions)).toContain(`job:imports:${id}`);
    other.stop();
    await waitFor('the room to be left', () => !(`job:imports:${id}` in client.positions));
  });

  it.each([
    ['none', () => undefined],
    ["another user's", (id: string) => tokenFor(id, 'bob')],
    ["another job's", () => tokenFor('other')],
    ["another job's that has expired", () => expired('other')],
    ["another user's that has expired", (id: string) => expired(id, 'bob')],
    [
      'one with another secret',
      (id: string) => new JobChannels({ secret: 'x'.repeat(32) }).issue('imports', id, 'ann'),
    ],
    ['one that was changed', (id: string) => tokenFor(id).replace(/^./, 'X')],
    ['nonsense', () => 'x.y.z'],
    ['something long', () => 'x'.repeat(10_000)],
  ])('is refused to who has %s, in the same words', async (_what, token) => {
    const id = idOf();
    const client = await fixture.client();
    const watching = client.watchJob('imports', id, { token: token(id) });
    await expect(watching).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN' });
  });

  it('says that a token has expired only to whom it was given', async () => {
    const id = idOf();
    const client = await fixture.client();
    const watching = client.watchJob('imports', id, { token: expired(id) });
    await expect(watching).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('is joined by a plain client as it connects, with the token in roomTokens', async () => {
    const id = idOf();
    const room = `job:imports:${id}`;
    const auth = { rooms: [room], roomTokens: { [room]: tokenFor(id) } };
    const client = await connectWith(fixture.server, 'ann', auth);
    expect(readyOf(client).rooms).toContainEqual(expect.objectContaining({ room, ok: true }));
    const without = await connectWith(fixture.server, 'ann', { rooms: [room] });
    expect(readyOf(without).rooms).toContainEqual({ room, ok: false, code: 'ROOM_FORBIDDEN' });
  });
});

describe('a job that is watched without a token', () => {
  it('is open to the user whom it is done for, and to nobody else', async () => {
    const id = idOf();
    await fixture.reporter().for(jobLike({ id }), { userId: 'ann' }).started();
    expect((await (await fixture.client()).watchJob('imports', id)).state).toMatchObject({
      status: 'running',
    });
    const foreign = (await fixture.client('bob')).watchJob('imports', id);
    const unknown = (await fixture.client('bob')).watchJob('imports', idOf());
    await expect(foreign).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN' });
    await expect(unknown).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN' });
  });

  it("is not open to who may be in all rooms by a claim of '*'", async () => {
    const id = idOf();
    const client = await connectWith(
      fixture.server,
      'eve',
      { rooms: [`job:imports:${id}`] },
      { rooms: ['*'] },
    );
    expect(readyOf(client).rooms).toContainEqual(
      expect.objectContaining({ ok: false, code: 'ROOM_FORBIDDEN' }),
    );
  });
});

describe('JobChannels', () => {
  it('keeps jobs apart whose queues have colons in their names', async () => {
    const client = await fixture.client();
    const token = channels.issue('a', 'b:c', 'ann');
    await expect(client.watchJob('a:b', 'c', { token })).rejects.toMatchObject({ code: 'ROOM_FORBIDDEN' });
    await expect(client.watchJob('a', 'b:c', { token })).resolves.toMatchObject({ state: null });
    const other = channels.issue('a:b', 'c', 'ann');
    await expect(client.watchJob('a:b', 'c', { token: other })).resolves.toMatchObject({ state: null });
  });

  it('lets a secret be replaced: the first signs, all verify', async () => {
    const id = idOf();
    const token = new JobChannels({ secret: [JOB_SECRET, 'y'.repeat(32)] }).issue('imports', id, 'ann');
    await expect((await fixture.client()).watchJob('imports', id, { token })).resolves.toBeDefined();
  });

  it.each([
    ['a secret that is too short', () => new JobChannels({ secret: 'short' })],
    ['no secret', () => new JobChannels({ secret: [] })],
    ['a time that is none', () => new JobChannels({ secret: JOB_SECRET, ttlMs: 1 })],
    ['a time of one token that is none', () => channels.issue('a', 'b', 'c', { ttlMs: Infinity })],
  ])('refuses %s', (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }) as Error);
  });
});
