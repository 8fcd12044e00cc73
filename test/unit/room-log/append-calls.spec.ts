import type { AppendBatch } from '../../../src/room-log/index.js';
import { AppendCalls } from '../../../src/room-log/redis-log/append-calls.js';

describe('appends of one tick', () => {
  it('travel in one call when their rooms differ', async () => {
    expect(await callsOf(batch('a'), batch('b'), batch('c'))).toEqual([['a', 'b', 'c']]);
  });

  it('travel in different calls when they are of one room, in their order', async () => {
    expect(await callsOf(batch('a'), batch('b'), batch('a'), batch('b'))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('travel in different calls when their emitters differ', async () => {
    expect(await callsOf(batch('a'), batch('b', 'other'), batch('c', 'other'))).toEqual([['a'], ['b', 'c']]);
  });

  it('travel in different calls when they have more than 64 events together', async () => {
    const rooms = Array.from({ length: 65 }, (_, index) => String(index));
    expect(await callsOf(...rooms.map((room) => batch(room)))).toEqual([rooms.slice(0, 64), ['64']]);
  });

  it('travel at once when they come one by one', async () => {
    const { calls, sent } = recorded(true);
    for (const room of ['a', 'b', 'c']) {
      const appended = calls.add(batch(room));
      expect(sent.at(-1)).toEqual([room]);
      await appended;
    }
  });
});

/** The calls that are made of batches in one tick. */
async function callsOf(...batches: readonly AppendBatch[]): Promise<string[][]> {
  const { calls, sent } = recorded();
  await Promise.all(batches.map((each) => calls.add(each)));
  return sent;
}

function recorded(isEager = false): { readonly calls: AppendCalls; readonly sent: string[][] } {
  const sent: string[][] = [];
  const calls = new AppendCalls((group) => {
    sent.push(group.map(({ room }) => room));
    return Promise.resolve(group.map(() => ({ report: { status: 'forgotten' } })));
  }, isEager);
  return { calls, sent };
}

function batch(room: string, emitter = 'emitter1'): AppendBatch {
  return { room, emitter, events: [{ kind: 'durable', seq: 1, data: '1' }], firstSentAt: 0, isRetry: false };
}
