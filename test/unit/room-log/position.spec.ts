import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  compareStreamIds,
  createEmitterId,
  gapReason,
  isPosition,
  originOf,
  parseRoomMessage,
  streamIdOf,
  type GapFacts,
  type RoomMessage,
} from '../../../src/room-log/index.js';

describe('a position', () => {
  it('is a token, a genesis, or 0-0', () => {
    for (const good of [
      '0-0',
      '1700000000000-0.~3fa9c1d2',
      `1700000000000-12.${createEmitterId()}345.3fa9c1d2`,
    ]) {
      expect([good, isPosition(good)]).toEqual([good, true]);
    }
  });

  it('is nothing else', () => {
    const bad = [
      '',
      '0',
      '*5',
      '1700000000000-0',
      '1700000000000-0.',
      '1700000000000-0.a b',
      '1700000000000-0.abc.d.e',
      `1700000000000-0.${'a'.repeat(41)}`,
      '1700000000000-0.abc\n',
      '-0.abc',
      '17-0.abc',
      null,
      undefined,
      5,
      {},
      ['0-0'],
    ];
    for (const value of bad) expect([value, isPosition(value)]).toEqual([value, false]);
  });

  it('tells its id, its emitter and its seq', () => {
    const emitter = 'a-b_C9zz';
    expect(streamIdOf(`1700000000000-12.${emitter}345.salt`)).toEqual({ ms: 1_700_000_000_000, seq: 12 });
    expect(originOf(`1700000000000-12.${emitter}345.salt`)).toEqual({ emitter, seq: 345 });
    expect(originOf('1700000000000-0.~salt')).toBeUndefined();
    expect(originOf('0-0')).toBeUndefined();
    expect(compareStreamIds({ ms: 1, seq: 9 }, { ms: 2, seq: 0 })).toBeLessThan(0);
    expect(compareStreamIds({ ms: 2, seq: 9 }, { ms: 2, seq: 10 })).toBeLessThan(0);
    expect(compareStreamIds({ ms: 2, seq: 1 }, { ms: 2, seq: 1 })).toBe(0);
  });
});

describe('the reason of a gap', () => {
  const T = 1_700_000_000_000;
  const facts = (more: Partial<GapFacts>): GapFacts => ({
    position: `${T + 50}-0.emitter_5.s`,
    tail: `${T + 100}-0.emitter_9.s`,
    genesis: `${T}-0.~s`,
    oldest: { id: `${T + 80}-0`, prev: `${T + 70}-0.emitter_7.s` },
    nowMs: T + 200,
    logTtlMs: 1000,
    tailTtlMs: 2000,
    ...more,
  });

  it.each([
    ['the oldest entry is above the position', {}, 'trimmed'],
    ['the position is the genesis and the oldest entry is above it', { position: `${T}-0.~s` }, 'trimmed'],
    [
      'the log expired between two entries',
      { oldest: { id: `${T + 2000}-0`, prev: `${T + 70}-0.x` } },
      'expired',
    ],
    ['the log is empty, and young', { oldest: undefined }, 'trimmed'],
    ['the log is empty, and old', { oldest: undefined, nowMs: T + 5000 }, 'expired'],
    ['the tail is below the position', { position: `${T + 150}-0.emitter_5.s` }, 'rolled-back'],
    [
      'the log has other entries where the position was',
      { position: `${T + 90}-0.emitter_5.s` },
      'rolled-back',
    ],
    [
      'the log has its first event still, which is above the position',
      { oldest: { id: `${T + 80}-0`, prev: `${T}-0.~s` } },
      'rolled-back',
    ],
    ['the room began anew a short time after', { position: `${T - 100}-0.emitter_5.s` }, 'rolled-back'],
    ['the room began anew when its tail had expired', { position: `${T - 5000}-0.emitter_5.s` }, 'expired'],
    [
      'the room began anew a moment before its tail was due to expire, as an expiry is not moved at each append',
      { position: `${T - 1990}-0.emitter_5.s` },
      'expired',
    ],
    ['the beginning is not known', { position: `${T - 5000}-0.emitter_5.s`, genesis: undefined }, 'trimmed'],
  ] as const)('%s', (_, more, reason) => expect(gapReason(facts(more))).toBe(reason));
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a message of a room', () => {
  const read = (text: string): RoomMessage | undefined => parseRoomMessage(Buffer.from(text));

  it('is not kept in memory by who keeps a part of it', () => {
    const before = heapUsed();
    const kept = Array.from({ length: 100 }, (_, index) => {
      const message = read(
        `1700000000000-0.emitter_${index}.salt\n1700000000000-0.~salt\n\n"${'x'.repeat(100_000)}"`,
      );
      return message?.type === 'event' ? message.event.token : '';
    });
    expect(heapUsed() - before).toBeLessThan(2_000_000);
    expect(kept[99]).toBe('1700000000000-0.emitter_99.salt');
  });

  it('is read whatever its JSON contains', () => {
    const [token, prev] = ['1700000000001-0.emitter_2.salt', '1700000000000-0.~salt'];
    expect(read(`${token}\n${prev}\n\n"x\n\ny"`)).toEqual({
      type: 'event',
      event: { token, prev, data: '"x\n\ny"' },
      cleared: undefined,
    });
    expect(read(`${token}\n${prev}\n7.s 6.s my key\n1`)).toMatchObject({
      cleared: { key: 'my key', version: '7.s', previousVersion: '6.s' },
    });
    expect(read('=7.s\n\nmy key\n1')).toEqual({
      type: 'latest',
      key: 'my key',
      version: '7.s',
      previousVersion: '',
      data: '1',
    });
    const cleared = { type: 'cleared', key: 'my key', version: '7.s', previousVersion: '6.s' };
    expect(read('-7.s\n6.s\nmy key\n')).toEqual(cleared);
  });

  it('is refused when it is something else', () => {
    for (const text of ['', '\n\n\n', 'x', 'a\nb', 'a\nb\nc', '=\n\n\n']) {
      expect([text, read(text)]).toEqual([text, undefined]);
    }
    const [token, prev] = ['1700000000001-0.emitter_2.salt', '1700000000000-0.~salt'];
    for (const text of [
      `${token}"}\n${prev}\n\n1`,
      `0-0\n${prev}\n\n1`,
      `${token}\n\n\n1`,
      `${token}\n${prev}\nkey\n1`,
      `${token}\n${prev}\n7.s 6.s \n1`,
      `${token}\n${prev}\n7.s x key\n1`,
      '=7\n6.s\nkey\n1',
      '=7.s\n6\nkey\n1',
      '=7.s\n6.s\n\n1',
      '-7\n6.s\nkey\n',
      '-7.s\n6.s\n\n',
    ]) {
      expect([text, read(text)]).toEqual([text, undefined]);
    }
  });
});
