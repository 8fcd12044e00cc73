import { AcknowledgedEvents } from '../../../../src/publishing/lanes/acknowledged-events.js';
import { LaneEvent } from '../../../../src/publishing/lanes/lane-event.js';
import { DEFAULT_LANES_LIMITS } from '../../../../src/publishing/lanes/lanes-limits.js';

describe('the events that a log acknowledged', () => {
  let acknowledged: AcknowledgedEvents;
  let seq: number;

  beforeEach(() => {
    acknowledged = new AcknowledgedEvents({
      ...DEFAULT_LANES_LIMITS,
      keepAcknowledgedMs: 1000,
      maxAcknowledgedEvents: 4,
    });
    seq = 0;
  });

  const event = (room: string): LaneEvent =>
    new LaneEvent(room, ++seq, { delivery: 'durable', data: '"e",1' }, 5, () => undefined);
  const seqs = (events: readonly LaneEvent[]): number[] => events.map((one) => one.seq);

  it('are kept for their time, oldest first in each room', () => {
    for (const [room, at] of [
      ['a', 0],
      ['b', 1],
      ['a', 500],
    ] as const)
      acknowledged.add(event(room), at);
    acknowledged.prune(999);
    expect(acknowledged.rooms).toEqual(['a', 'b']);
    acknowledged.prune(1001);
    expect(acknowledged.rooms).toEqual(['a']);
    expect(acknowledged.newestOf('a')?.seq).toBe(3);
    expect(seqs(acknowledged.take('a'))).toEqual([3]);
    expect(acknowledged.take('a')).toEqual([]);
  });

  it('are at most so many, the newest', () => {
    for (let count = 0; count < 3000; count++) acknowledged.add(event(`room-${count % 2}`), count);
    expect(acknowledged.newestOf('room-0')?.seq).toBe(2999);
    expect(seqs(acknowledged.take('room-1'))).toEqual([2998, 3000]);
    acknowledged.prune(2998 - 2 + 1000);
    expect(seqs(acknowledged.take('room-0'))).toEqual([2999]);
    expect(acknowledged.rooms).toEqual([]);
  });

  it('have their time anew when they were sent and acknowledged again', () => {
    acknowledged.add(event('a'), 0);
    acknowledged.add(event('b'), 0);
    const again = acknowledged.take('a');
    for (const one of again) acknowledged.add(one, 900);
    // The first place of the one in a is no reason to keep the one in b, nor its end that of the second.
    acknowledged.prune(1500);
    expect(acknowledged.rooms).toEqual(['a']);
    acknowledged.prune(1901);
    expect(acknowledged.rooms).toEqual([]);
  });

  it('do not count while they are taken', () => {
    for (let count = 0; count < 4; count++) acknowledged.add(event('a'), 0);
    const taken = acknowledged.take('a');
    for (let count = 0; count < 4; count++) acknowledged.add(event('b'), 0);
    expect(acknowledged.newestOf('b')?.seq).toBe(8);
    for (const one of taken) acknowledged.add(one, 0);
    expect(acknowledged.rooms).toEqual(['a']);
    expect(seqs(acknowledged.take('a'))).toEqual([1, 2, 3, 4]);
  });
});
