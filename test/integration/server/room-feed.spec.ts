import { CauseLog } from '../../../src/logging/index.js';
import { createEmitterId, DEFAULT_ROOM_LOG_LIMITS, MemoryRoomLog } from '../../../src/room-log/index.js';
import { LocalRoomChannels, RoomFeed, type RoomListener } from '../../../src/server/feed/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { waitFor } from '../../support/wait-for.js';

const ROOM = 'user:ann';

let isDeaf: boolean;
let log: MemoryRoomLog;
let feed: RoomFeed;
let told: string[];

/** What a gateway's sockets would be sent. */
const listener: RoomListener = {
  event: ({ data }) => told.push(String(data)),
  repeated: () => undefined,
  gap: (reason) => told.push(reason),
  reached: () => undefined,
  latest: (key, data) => told.push(`${key}=${data}`),
  latestReadBegins: () => undefined,
  latestSynced: () => undefined,
};

beforeEach(() => {
  told = [];
  isDeaf = false;
  const channels = new LocalRoomChannels();
  const causes = new CauseLog(new RecordingLogger());
  log = new MemoryRoomLog({
    limits: DEFAULT_ROOM_LOG_LIMITS,
    // As when Redis refuses to publish, or a cluster loses a message: the log has the event, and nobody hears of it.
    publish: (room, message) => (isDeaf ? 0 : channels.publish(room, message)),
  });
  feed = new RoomFeed({ log, channels, causes, maxReplay: 100 });
});
afterEach(() => {
  feed.close();
  log.close();
});

const emitter = createEmitterId();
let seq = 0;

function append(data: string, key?: string): Promise<unknown> {
  const event = { seq: ++seq, data };
  const kind = key === undefined ? { kind: 'durable' as const } : { kind: 'latest' as const, key };
  const events = [{ ...event, ...kind } as never];
  return log.append({ room: ROOM, emitter, events, firstSentAt: performance.now(), isRetry: false });
}

it('the audit finds what was lost without a disconnect, durable events and latest values', async () => {
  const room = feed.follow(ROOM, listener);
  await waitFor('the first look', () => room.position);
  await append('1');
  await waitFor('the first event', () => told.length === 1);
  isDeaf = true;
  await append('2');
  await append('80', 'progress');
  expect(told).toEqual(['1']);
  await feed.audit();
  await waitFor('what was lost', () => told.length === 3);
  expect([...told].sort()).toEqual(['1', '2', 'progress=80']);
});

it('a room that nobody wants any more is followed for a while, so that who reloads a page finds it', async () => {
  const room = feed.follow(ROOM, listener);
  await waitFor('the first look', () => room.position);
  feed.leave(ROOM);
  await append('1');
  expect(told).toEqual([]);
  expect(feed.follow(ROOM, listener)).toBe(room);
  await append('2');
  await waitFor('the next event', () => told.includes('2'));
  expect(told).toEqual(['2']);
  expect(room.recentAfter(room.position as string)).toBeUndefined();
});

it('a latest value is never told after the durable event that clears it, whatever is being read meanwhile', async () => {
  const room = feed.follow(ROOM, listener);
  await waitFor('the first look', () => room.position);
  await append('10', 'progress');
  await waitFor('the value', () => told.length === 1);
  // As a socket does that has just been attached.
  room.syncLatest();
  await append('80', 'progress');
  const completed = { kind: 'durable' as const, seq: ++seq, data: 'completed', clears: 'progress' };
  await log.append({
    room: ROOM,
    emitter,
    events: [completed],
    firstSentAt: performance.now(),
    isRetry: false,
  });
  await append('after');
  await waitFor('the next event', () => told.includes('after'));
  await feed.audit();
  expect(told.slice(told.indexOf('completed'))).toEqual(['completed', 'after']);
});

it('what was kept in memory of a room is not shown any more when Redis has forgotten events of it', async () => {
  const room = feed.follow(ROOM, listener);
  const before = await waitFor('the first look', () => room.position);
  await append('1');
  await append('2');
  await waitFor('the events', () => told.length === 2);
  expect(room.recentAfter(before)?.map(({ data }) => data)).toEqual(['1', '2']);
  room.gap('trimmed', before);
  expect(room.recentAfter(before)).toHaveLength(2);
  room.gap('rolled-back', before);
  expect(room.recentAfter(before)).toBeUndefined();
});

it('rooms are looked at a few hundred at one time when all of them may have missed something, each once', async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `room-${index}`);
  const rooms = names.map((name) => feed.follow(name, listener));
  await waitFor('the first looks', () => rooms.every(({ position }) => position));
  let underWay = 0;
  let most = 0;
  const looked: string[] = [];
  const attach = log.attach.bind(log);
  log.attach = async (room, position, options) => {
    looked.push(room);
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return attach(room, position, options);
  };
  for (const room of rooms) room.confirmed();
  await waitFor('all to be looked at', () => looked.length === names.length && underWay === 0);
  expect(looked).toEqual(names);
  expect([most > 100, most <= 500]).toEqual([true, true]);
  // Who comes now need not wait for any of them.
  for (const room of rooms) room.confirmed();
  const late = feed.follow('late', listener);
  await waitFor('the first look of who came late', () => late.position);
  expect(looked.indexOf('late')).toBeLessThan(names.length + 600);
});
