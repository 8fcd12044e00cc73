import {
  asksForReceipt,
  createEmitterId,
  isPosition,
  originOf,
  readHistory,
  type AppendBatch,
  type AppendEvent,
  type AppendOutcome,
  type AppendReport,
  type Fence,
  type ReceiptWish,
  type RoomLog,
  type Run,
  type RunRequest,
  type RoomLogLimits,
  type RoomMessage,
  type Token,
} from '../../../src/room-log/index.js';
import { waitFor } from '../../support/wait-for.js';

/** A log under test, in an environment of its own. */
export interface RoomLogHarness {
  readonly log: RoomLog;
  /** What was published for a room since the start, in order. */
  messages(room: string): readonly RoomMessage[];
  stop(): Promise<void>;
}

/** Small enough to be reached. */
export const CONTRACT_LIMITS: RoomLogLimits = {
  maxLength: 200,
  maxBytes: 256 * 1024,
  ttlMs: 60_000,
  dedupeTtlMs: 60_000,
  maxDedupeKeys: 500,
  maxLatest: 10,
};

/** What every implementation of `RoomLog` promises. */
export function describeRoomLog(start: (limits: RoomLogLimits) => Promise<RoomLogHarness>): void {
  let harness: RoomLogHarness;
  let log: RoomLog;
  let roomCount = 0;
  let room: string;
  let emitter: string;
  let seq: number;

  beforeAll(async () => {
    harness = await start(CONTRACT_LIMITS);
    log = harness.log;
  });
  afterAll(() => harness.stop());
  beforeEach(() => {
    room = `room:${++roomCount}}{ "ö 😀`;
    emitter = createEmitterId();
    seq = 0;
  });

  const durable = (
    data: string,
    more: { dedupeKey?: string; clears?: string; fence?: Fence; receipt?: ReceiptWish } = {},
  ): AppendEvent => ({
    kind: 'durable',
    seq: ++seq,
    data,
    ...more,
  });
  const latest = (key: string, data: string, more: { fence?: Fence } = {}): AppendEvent => ({
    kind: 'latest',
    seq: ++seq,
    key,
    data,
    ...more,
  });
  const batch = (events: readonly AppendEvent[], more: Partial<AppendBatch> = {}): AppendBatch => ({
    room,
    emitter,
    events,
    firstSentAt: performance.now(),
    isRetry: false,
    ...more,
  });
  const append = async (
    events: readonly AppendEvent[],
    more: Partial<AppendBatch> = {},
  ): Promise<readonly AppendOutcome[]> => outcomesOf(await log.append(batch(events, more)));
  const appendOne = async (data: string): Promise<Token> => tokenOf((await append([durable(data)]))[0]);
  const appendMany = async (count: number, size = 1): Promise<Token[]> => {
    const tokens: Token[] = [];
    for (let done = 0; done < count; done += 50) {
      const events = Array.from({ length: Math.min(50, count - done) }, (_, index) =>
        durable(JSON.stringify(`${done + index}`.padEnd(size))),
      );
      tokens.push(...(await append(events)).map(tokenOf));
    }
    return tokens;
  };
  const readAll = async (position: Token): Promise<(string | null)[]> => {
    const look = await log.attach(room, position, { limit: 10_000 });
    if (look.verdict !== 'chain') throw new Error(`${look.verdict} instead of a chain`);
    return look.events.map(({ data }) => data);
  };

  describe('append', () => {
    it('chains each event to the one before it, the first to the genesis of the room', async () => {
      const { tail: genesis } = await log.attach(room, null, { limit: 1 });
      expect(genesis).toMatch(/^\d{13}-0\.~\w+$/);
      const [one, two] = (await append([durable('"a"'), durable('"b"')])).map(tokenOf);
      const three = await appendOne('"c"');
      const look = await log.attach(room, genesis, { limit: 10 });
      expect(look).toMatchObject({
        verdict: 'chain',
        tail: three,
        events: [
          { token: one, prev: genesis, data: '"a"' },
          { token: two, prev: one, data: '"b"' },
          { token: three, prev: two, data: '"c"' },
        ],
      });
      expect(originOf(three)).toEqual({ emitter, seq: 3 });
    });

    it('tells by the token, wherever it goes, which events are to be acknowledged', async () => {
      const keys = { dedupeKey: 'd', clears: 'c' };
      const events = [
        durable('"plain"'),
        durable('"asks"', { receipt: {} }),
        durable('"asks with everything"', { receipt: {}, ...keys }),
        durable('"asks not"'),
      ];
      const tokens = (await append(events)).map(tokenOf);
      expect(tokens.map(asksForReceipt)).toEqual([false, true, true, false]);
      expect(tokens.every(isPosition)).toBe(true);
      expect(tokens.map((token) => originOf(token)?.seq)).toEqual([1, 2, 3, 4]);
      const { events: kept } = await readHistory(log, room, { limit: 10 });
      expect(kept.map(({ token }) => token)).toEqual(tokens);
      await waitFor('all were published', () => harness.messages(room).length === 4);
      const heard = harness.messages(room).map((message) => message.type === 'event' && message.event.token);
      expect(heard).toEqual(tokens);
      // The tail is one of them, and what follows is chained to it.
      expect(await readAll(tokens[1] as string)).toEqual(['"asks with everything"', '"asks not"']);
      const again = await append(events, { isRetry: true });
      expect(again).toEqual(tokens.map((token) => ({ outcome: 'before', token })));
    });

    it('publishes what it appends, in order, with the link to the event before', async () => {
      const [one, two] = (await append([durable('"a"'), durable('{"b":"\\n"}')])).map(tokenOf);
      await waitFor('both were published', () => harness.messages(room).length === 2);
      expect(harness.messages(room)).toEqual([
        {
          type: 'event',
          event: { token: one, prev: expect.any(String) as string, data: '"a"' },
          cleared: undefined,
        },
        { type: 'event', event: { token: two, prev: one, data: '{"b":"\\n"}' }, cleared: undefined },
      ]);
    });

    it('tells how many follow the room', async () => {
      expect(await log.append(batch([durable('1')]))).toMatchObject({ status: 'done', receivers: 1 });
    });

    it('keeps a payload as it is, whatever characters it has', async () => {
      const payloads = ['"\u0000\\u0000\n\r"', '""', '"😀 ü \u2028"', '"'.padEnd(60_000, 'ä')];
      const { tail } = await log.attach(room, null, { limit: 1 });
      await append(payloads.map((data) => durable(data)));
      expect(await readAll(tail)).toEqual(payloads);
    });

    it('appends a batch once, however often it is sent', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const events = [durable('1'), durable('2')];
      const tokens = (await append(events)).map(tokenOf);
      const again = await append(events, { isRetry: true });
      expect(again).toEqual([
        { outcome: 'before', token: tokens[0] },
        { outcome: 'before', token: tokens[1] },
      ]);
      // A first attempt, whose bytes were late.
      expect((await append(events)).map(({ outcome }) => outcome)).toEqual(['before', 'before']);
      expect(await readAll(tail)).toEqual(['1', '2']);
    });

    it('appends the rest of a batch that was appended in part', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const events = [durable('1'), durable('2'), durable('3')];
      await append(events.slice(0, 2));
      expect((await append(events, { isRetry: true })).map(({ outcome }) => outcome)).toEqual([
        'before',
        'before',
        'appended',
      ]);
      expect(await readAll(tail)).toEqual(['1', '2', '3']);
    });

    it('does not append again what arrives late, when so many emitted since that the emitter was forgotten', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const event = durable('"late"');
      const sent = batch([event], { firstSentAt: performance.now() - 5000 });
      await log.append(sent);
      for (let others = 0; others < 100; others++) {
        await append([durable('"other"')], { emitter: createEmitterId() });
      }
      expect(outcomesOf(await log.append(sent))).toMatchObject([{ outcome: 'before' }]);
      expect(outcomesOf(await log.append({ ...sent, isRetry: true }))).toMatchObject([{ outcome: 'before' }]);
      expect((await readAll(tail)).filter((data) => data === '"late"')).toHaveLength(1);
    });

    it('appends batches of several rooms that are sent in one tick', async () => {
      const rooms = Array.from({ length: 100 }, (_, index) => `${room}/${index}`);
      const reports = await Promise.all(
        rooms.map((name, index) => log.append(batch([durable(String(index))], { room: name }))),
      );
      expect(reports.flatMap(outcomesOf).map(({ outcome }) => outcome)).toEqual(rooms.map(() => 'appended'));
      for (const [index, name] of rooms.entries()) {
        expect((await readHistory(log, name, { limit: 10 })).events.map(({ data }) => data)).toEqual([
          String(index),
        ]);
      }
    });

    it('keeps the newest events, up to its length', async () => {
      await appendMany(1000);
      const { events } = await readHistory(log, room, { limit: 10_000 });
      expect(events.length).toBeGreaterThanOrEqual(CONTRACT_LIMITS.maxLength);
      expect(events.length).toBeLessThanOrEqual(CONTRACT_LIMITS.maxLength + 128);
      expect(JSON.parse(events.at(-1)?.data ?? '')).toBe('999');
    });

    it('keeps the newest events, up to its size', async () => {
      await appendMany(150, 8 * 1024);
      const { events } = await readHistory(log, room, { limit: 10_000 });
      expect(events.length).toBeGreaterThan(10);
      expect(events.length * 8 * 1024).toBeLessThan(CONTRACT_LIMITS.maxBytes + 16 * 8 * 1024);
      expect(JSON.parse(events.at(-1)?.data ?? '')).toMatch(/^149/);
    });
  });

  describe('dedupe keys', () => {
    it('append an event with the same key once, also in one batch and from another emitter', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const first = await append([
        durable('1', { dedupeKey: 'k' }),
        durable('2', { dedupeKey: 'k' }),
        durable('3', { dedupeKey: 'other' }),
        durable('4'),
      ]);
      const original = tokenOf(first[0]);
      expect(first[1]).toEqual({ outcome: 'duplicate', token: original });
      expect(first[2]).toMatchObject({ outcome: 'appended' });
      const [again] = await append([durable('1', { dedupeKey: 'k' })], { emitter: createEmitterId() });
      expect(again).toEqual({ outcome: 'duplicate', token: original });
      expect(await readAll(tail)).toEqual(['1', '3', '4']);
    });

    it('do not take the own first attempt for a duplicate', async () => {
      const events = [durable('1', { dedupeKey: 'k' })];
      const [first] = await append(events);
      expect(await append(events, { isRetry: true })).toEqual([{ outcome: 'before', token: tokenOf(first) }]);
    });

    it('belong to their room', async () => {
      await append([durable('1', { dedupeKey: 'k' })]);
      const other = await append([durable('1', { dedupeKey: 'k' })], { room: `${room}/other` });
      expect(other).toMatchObject([{ outcome: 'appended' }]);
    });
  });

  describe('fences', () => {
    const run = (number: number, more: Partial<Fence> = {}): { fence: Fence } => ({
      fence: { key: 'job', run: number, era: 'a', ...more },
    });

    it('refuse what an older run says once a newer one has reported, whatever its kind', async () => {
      expect(
        await append([durable('1', run(1)), latest('k', '2', run(1)), durable('3', run(2))]),
      ).toMatchObject([{ outcome: 'appended' }, { outcome: 'latest' }, { outcome: 'appended' }]);
      const late = [durable('4', run(1)), latest('k', '5', run(1)), durable('6'), durable('7', run(2))];
      expect(await append(late)).toMatchObject([
        { outcome: 'fenced' },
        { outcome: 'fenced' },
        { outcome: 'appended' },
        { outcome: 'appended' },
      ]);
      expect((await log.latest(room)).values).toMatchObject([{ data: '2' }]);
      const look = await log.attach(room, '0-0', { limit: 10 });
      expect(look.verdict === 'chain' && look.events.map(({ data }) => data)).toEqual(['1', '3', '6', '7']);
    });

    it('are raised by a newer run that says only what has been said', async () => {
      await append([durable('1', { dedupeKey: 'k', ...run(1) })]);
      expect(await append([durable('2', { dedupeKey: 'k', ...run(2) })])).toMatchObject([
        { outcome: 'duplicate' },
      ]);
      expect(await append([durable('3', run(1))])).toEqual([{ outcome: 'fenced' }]);
    });

    it('refuse everything of an era that has ended, of whatever run, and nothing of the next era', async () => {
      await append([durable('1', run(1, { ends: 'completed' }))]);
      expect(await append([durable('2', run(1)), latest('k', '3', run(2))])).toEqual([
        { outcome: 'fenced' },
        { outcome: 'fenced' },
      ]);
      expect(await append([durable('4', run(2, { era: 'b' }))])).toMatchObject([{ outcome: 'appended' }]);
    });

    it('belong to their key', async () => {
      await append([durable('1', run(2))]);
      expect(await append([durable('2', run(1, { key: 'other' }))])).toMatchObject([{ outcome: 'appended' }]);
    });

    it('refuse again when a call that was refused is repeated', async () => {
      await append([durable('1', run(2))]);
      const events = [durable('2', run(1)), latest('k', '3', run(1))];
      for (const isRetry of [false, true]) {
        expect(await append(events, { isRetry })).toEqual([{ outcome: 'fenced' }, { outcome: 'fenced' }]);
      }
    });

    it('remember a thousand keys at least', async () => {
      for (let from = 0; from < 1100; from += 50) {
        await append(
          Array.from({ length: 50 }, (_, index) => durable('1', run(2, { key: `job ${from + index}` }))),
        );
      }
      const refused = await append([durable('2', run(1, { key: 'job 1099' }))]);
      const forgotten = await append([durable('2', run(1, { key: 'job 0' }))]);
      expect([refused, forgotten]).toMatchObject([[{ outcome: 'fenced' }], [{ outcome: 'appended' }]]);
    });
  });

  describe('runs', () => {
    const begin = (more: Partial<RunRequest> = {}): Promise<Run> =>
      log.beginRun(room, { key: 'job', atLeast: 1, identity: 'i', era: 'a', reopens: true, ...more });

    it('are numbered upwards, each once, also by several at a time', async () => {
      const runs = await Promise.all([begin(), begin(), begin()]);
      expect(runs.map(({ run }) => run).sort()).toEqual([1, 2, 3]);
      expect(await begin({ atLeast: 9 })).toEqual({ run: 9, era: 'a' });
      expect(await begin({ key: 'other' })).toEqual({ run: 1, era: 'a' });
    });

    it('stay in their era until other work has their key', async () => {
      await begin();
      expect(await begin({ era: 'b' })).toEqual({ run: 2, era: 'a' });
      expect(await begin({ era: 'c', identity: 'j' })).toEqual({ run: 3, era: 'c' });
      expect(await begin({ era: 'd', identity: 'j' })).toEqual({ run: 4, era: 'c' });
    });

    it('begin a new era after one that has failed, if they are to, and none after one that is completed', async () => {
      const { run } = await begin();
      await append([durable('1', { fence: { key: 'job', run, era: 'a', ends: 'failed' } })]);
      expect(await begin({ era: 'b', reopens: false })).toEqual({ run: 2, era: 'a' });
      expect(await begin({ era: 'b' })).toEqual({ run: 3, era: 'b' });
      await append([durable('2', { fence: { key: 'job', run: 3, era: 'b', ends: 'completed' } })]);
      expect(await begin({ era: 'c' })).toEqual({ run: 4, era: 'b' });
    });

    it('tell for whom the work is done', async () => {
      expect(await log.ownerOf(room, 'job')).toBeUndefined();
      await begin({ owner: 'ann é' });
      await begin();
      expect(await log.ownerOf(room, 'job')).toBe('ann é');
      expect(await log.ownerOf(room, 'other')).toBeUndefined();
    });
  });

  describe('attach', () => {
    it('says current to who is at the tail, and where the tail is to who has no position', async () => {
      const first = await log.attach(room, null, { limit: 1 });
      expect(first.verdict).toBe('current');
      expect(await log.attach(room, first.tail, { limit: 1 })).toMatchObject({ verdict: 'current' });
      const token = await appendOne('1');
      expect(await log.attach(room, null, { limit: 1 })).toMatchObject({ verdict: 'current', tail: token });
      expect(await log.attach(room, token, { limit: 1 })).toMatchObject({ verdict: 'current', tail: token });
    });

    it('reads page after page', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const tokens = await appendMany(120);
      const read: Token[] = [];
      let position = tail;
      for (let page = 0; page < 10 && position !== tokens.at(-1); page++) {
        const look = await log.attach(room, position, { limit: 25 });
        if (look.verdict !== 'chain') throw new Error(look.verdict);
        expect(look.events.length).toBeLessThanOrEqual(25);
        read.push(...look.events.map(({ token }) => token));
        position = read.at(-1) ?? position;
      }
      expect(read).toEqual(tokens);
    });

    it('begins at the oldest event for 0-0', async () => {
      expect(await log.attach(room, '0-0', { limit: 5 })).toMatchObject({ verdict: 'current' });
      const tokens = await appendMany(5);
      const look = await log.attach(room, '0-0', { limit: 3 });
      expect(look).toMatchObject({ verdict: 'chain', tail: tokens[4] });
      expect(look.verdict === 'chain' && look.events.map(({ token }) => token)).toEqual(tokens.slice(0, 3));
    });

    it('announces what was trimmed, and goes on at the oldest event', async () => {
      const first = await appendOne('1');
      await appendMany(1000);
      const look = await log.attach(room, first, { limit: 10 });
      expect(look).toMatchObject({ verdict: 'gap', reason: 'trimmed', isResumeKnown: false });
      if (look.verdict !== 'gap') return;
      const next = await log.attach(room, look.resume, { limit: 10_000 });
      const oldest = await log.attach(room, '0-0', { limit: 10_000 });
      expect(next.verdict === 'chain' && next.events).toEqual(oldest.verdict === 'chain' && oldest.events);
    });

    it('says current, trimmed or not, to who is at the tail', async () => {
      const tokens = await appendMany(1000);
      expect(await log.attach(room, tokens.at(-1) as Token, { limit: 1 })).toMatchObject({
        verdict: 'current',
      });
    });

    it('announces a rollback to who knows an event that the log does not have', async () => {
      const tokens = await appendMany(3);
      const last = tokens[2] as Token;
      // The same event, appended in another history.
      const lost = last.slice(0, -1) + (last.endsWith('0') ? '1' : '0');
      const look = await log.attach(room, lost, { limit: 10 });
      expect(look).toMatchObject({
        verdict: 'gap',
        reason: 'rolled-back',
        resume: last,
        isResumeKnown: false,
      });
      const known = [lost, tokens[1] as Token, tokens[0] as Token];
      expect(await log.attach(room, lost, { limit: 10, known })).toMatchObject({
        verdict: 'gap',
        reason: 'rolled-back',
        resume: tokens[1],
        isResumeKnown: true,
      });
      const above = `${Number(last.slice(0, 13)) + 5000}-0.${last.split('.')[1] ?? ''}.x`;
      expect(await log.attach(room, above, { limit: 10 })).toMatchObject({
        verdict: 'gap',
        reason: 'rolled-back',
        resume: last,
      });
    });

    it('announces to who was there before the room began anew', async () => {
      const { tail } = await log.attach(room, null, { limit: 1 });
      const before = `${Number(tail.slice(0, 13)) - 1000}-0.${createEmitterId()}1.abc`;
      await appendOne('1');
      const look = await log.attach(room, before, { limit: 10 });
      expect(look).toMatchObject({ verdict: 'gap', reason: 'rolled-back', resume: tail });
      const longBefore = `${Number(tail.slice(0, 13)) - 3 * CONTRACT_LIMITS.ttlMs}-0.${createEmitterId()}1.abc`;
      expect(await log.attach(room, longBefore, { limit: 10 })).toMatchObject({
        verdict: 'gap',
        reason: 'expired',
      });
    });

    it('reads the newest events', async () => {
      expect(await log.newest(room, 3)).toMatchObject({ verdict: 'current' });
      const tokens = await appendMany(5);
      const look = await log.newest(room, 3);
      expect(look.verdict === 'chain' && look.events.map(({ token }) => token)).toEqual(tokens.slice(2));
      expect(await log.newest(room, 0)).toMatchObject({ verdict: 'current', tail: tokens[4] });
      expect(await log.newest(room, 99)).toMatchObject({ verdict: 'chain', tail: tokens[4] });
    });
  });

  describe('tails', () => {
    it('tells those of many rooms, in their order', async () => {
      const rooms = Array.from({ length: 300 }, (_, index) => `${room}/${index}`);
      const token = tokenOf((await append([durable('1')], { room: rooms[7] as string }))[0]);
      const tails = await log.tails(rooms);
      expect(tails).toHaveLength(300);
      expect(tails[7]).toEqual({ tail: token, latestVersion: '' });
      // Who asked for a tail is current at it.
      const { tail } = tails[8] as { tail: Token };
      expect(await log.attach(rooms[8] as string, tail, { limit: 1 })).toMatchObject({ verdict: 'current' });
      expect(await log.tails([])).toEqual([]);
    });
  });

  describe('latest values', () => {
    it('are the newest of each key, the oldest first, and no durable events', async () => {
      const [one, , three] = await append([latest('a', '1'), latest('b', '2'), latest('a', '3')]);
      const values = await log.latest(room);
      expect(values.values.map(({ key, data }) => [key, data])).toEqual([
        ['b', '2'],
        ['a', '3'],
      ]);
      expect(one).toMatchObject({ outcome: 'latest' });
      expect(three).toEqual({ outcome: 'latest', version: values.version });
      expect(await readHistory(log, room, { limit: 10 })).toMatchObject({ events: [] });
    });

    it('are published with the version before them', async () => {
      await append([latest('a', '1'), latest('b', '{"x":"\\n"}')]);
      await waitFor('both were published', () => harness.messages(room).length === 2);
      const [one, two] = harness.messages(room);
      expect(one).toMatchObject({ type: 'latest', key: 'a', data: '1', previousVersion: '' });
      expect(two).toMatchObject({ type: 'latest', key: 'b', data: '{"x":"\\n"}' });
      expect(two?.type === 'latest' && two.previousVersion).toBe(one?.type === 'latest' && one.version);
      expect((await log.tails([room]))[0]).toMatchObject({
        latestVersion: two?.type === 'latest' && two.version,
      });
    });

    it('are read in one moment with the events', async () => {
      await append([durable('"d"'), latest('a', '1')]);
      const look = await log.attach(room, '0-0', { limit: 10, latest: true });
      expect(look).toMatchObject({ verdict: 'chain', latest: { values: [{ key: 'a', data: '1' }] } });
      expect(look.latest?.version).toBe(look.latestVersion);
      expect((await log.attach(room, null, { limit: 1 })).latest).toBeUndefined();
    });

    it('are dropped by the event that clears them, and do not come back with a late attempt', async () => {
      const progress = latest('progress', '80');
      await append([progress]);
      const { version } = await log.latest(room);
      await append([durable('"completed"', { clears: 'progress' })]);
      await append([progress]);
      await append([progress], { isRetry: true });
      const after = await log.latest(room);
      expect(after.values).toEqual([]);
      await waitFor('all was published', () => harness.messages(room).length === 2);
      expect(harness.messages(room)[1]).toMatchObject({
        type: 'event',
        cleared: { key: 'progress', version: after.version, previousVersion: version },
      });
    });

    it('are dropped again by a duplicate of the event that clears them, and who follows is told', async () => {
      const completed = { dedupeKey: 'completed', clears: 'progress' };
      const [original] = (await append([latest('progress', '80'), durable('1', completed)])).slice(-1);
      await append([latest('progress', '10')]);
      const { version } = await log.latest(room);
      const duplicate = durable('2', completed);
      const answer = { outcome: 'duplicate', token: tokenOf(original) };
      expect(await append([duplicate])).toEqual([answer]);
      const after = await log.latest(room);
      expect(after.values).toEqual([]);
      await waitFor('all was published', () => harness.messages(room).length === 4);
      const cleared = { key: 'progress', version: after.version, previousVersion: version };
      expect(harness.messages(room)[3]).toEqual({ type: 'cleared', ...cleared });

      // Late attempts of it change nothing of what has been set since.
      await append([latest('progress', '20')], { emitter: createEmitterId() });
      for (const isRetry of [false, true]) expect(await append([duplicate], { isRetry })).toEqual([answer]);
      expect((await log.latest(room)).values).toMatchObject([{ data: '20' }]);
    });

    it('are left alone by a duplicate of an older run, and change nothing where there is none', async () => {
      const ofRun = (run: number): { fence: Fence } => ({ fence: { key: 'job', run, era: 'a' } });
      const failed = { dedupeKey: 'failed', clears: 'progress' };
      await append([durable('1', { ...failed, ...ofRun(1) }), latest('progress', '10', ofRun(2))]);
      const before = await log.latest(room);
      expect(await append([durable('1', { ...failed, ...ofRun(1) })])).toMatchObject([
        { outcome: 'duplicate' },
      ]);
      expect(await log.latest(room)).toEqual(before);
      await append([durable('1', { ...failed, ...ofRun(2) })]);
      const after = await log.latest(room);
      expect(after.values).toEqual([]);
      await append([durable('1', { ...failed, ...ofRun(3) })]);
      expect(await log.latest(room)).toEqual(after);
    });

    it('are left alone by an event that clears another key', async () => {
      await append([latest('a', '1')]);
      const before = await log.latest(room);
      await append([durable('"x"', { clears: 'b' })]);
      expect(await log.latest(room)).toEqual(before);
    });

    it('do not go back to an older value by a late attempt', async () => {
      const old = latest('a', '"old"');
      await append([old]);
      await append([latest('a', '"new"')]);
      expect(await append([old], { isRetry: true })).toEqual([{ outcome: 'before', token: undefined }]);
      expect((await log.latest(room)).values).toMatchObject([{ data: '"new"' }]);
    });

    it('are bounded: the oldest goes', async () => {
      for (let index = 0; index < 15; index++) await append([latest(`k${index}`, String(index))]);
      const { values } = await log.latest(room);
      expect(values.map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, index) => `k${index + 5}`));
    });
  });

  describe('history', () => {
    it('is read in pages', async () => {
      const tokens = await appendMany(7);
      const first = await readHistory(log, room, { limit: 5 });
      expect(first).toMatchObject({ position: tokens[4], hasMore: true, gap: undefined });
      const second = await readHistory(log, room, { after: first.position, limit: 5 });
      expect(second).toMatchObject({ position: tokens[6], hasMore: false, gap: undefined });
      expect([...first.events, ...second.events].map(({ token }) => token)).toEqual(tokens);
    });

    it('says when events after its position are missing', async () => {
      const first = await appendOne('1');
      await appendMany(1000);
      const page = await readHistory(log, room, { after: first, limit: 10 });
      expect(page).toMatchObject({ gap: 'trimmed', hasMore: true });
      expect(page.events).toHaveLength(10);
    });

    it('of a room without events is empty', async () => {
      expect(await readHistory(log, room, { limit: 10 })).toMatchObject({ events: [], hasMore: false });
    });
  });

  describe('what expires', () => {
    let short: RoomLogHarness;
    beforeAll(async () => {
      short = await start({ ...CONTRACT_LIMITS, ttlMs: 400 });
    });
    afterAll(() => short.stop());

    it('is announced as expired; who is at the tail misses nothing', async () => {
      const first = tokenOf(outcomesOf(await short.log.append(batch([durable('1')])))[0]);
      const second = tokenOf(outcomesOf(await short.log.append(batch([durable('2')])))[0]);
      const verdict = async (position: Token): Promise<string> => {
        const look = await short.log.attach(room, position, { limit: 10 });
        return look.verdict === 'gap' ? look.reason : look.verdict;
      };
      expect(await verdict(first)).toBe('chain');
      await waitFor('the log has expired', async () => (await verdict(first)) === 'expired');
      expect(await verdict(second)).toBe('current');
      // What is appended now is chained to the tail, which outlives the log.
      await short.log.append(batch([durable('3')]));
      expect(await verdict(second)).toBe('chain');
      expect(await verdict(first)).toBe('expired');
    });

    it('begins anew when nobody followed, and stays when somebody did', async () => {
      const [left, followed] = [`${room}/left`, `${room}/followed`];
      const [one] = outcomesOf(await short.log.append(batch([durable('1')], { room: left })));
      const [two] = outcomesOf(await short.log.append(batch([durable('2')], { room: followed })));
      await waitFor('the tail has expired', async () => {
        await short.log.tails([followed]);
        const look = await short.log.attach(left, null, { limit: 1 });
        return look.tail !== tokenOf(one);
      });
      expect(await short.log.attach(left, tokenOf(one), { limit: 1 })).toMatchObject({
        verdict: 'gap',
        reason: 'expired',
      });
      expect(await short.log.attach(followed, tokenOf(two), { limit: 1 })).toMatchObject({
        verdict: 'current',
      });
    });
  });
}

function outcomesOf(report: AppendReport): readonly AppendOutcome[] {
  if (report.status !== 'done') throw new Error(report.status);
  return report.outcomes;
}

function tokenOf(outcome: AppendOutcome | undefined): Token {
  if (outcome?.outcome !== 'appended')
    throw new Error(`${outcome?.outcome ?? 'nothing'} instead of appended`);
  return outcome.token;
}
