import { judge, type Evidence, type Shown } from './support/judge.js';
import { wrongIn } from './support/scenario.js';

const ROOM = 'room';

/** `a1` is the first event of emitter a; `a1*` the same with the token that it had before a rollback. */
function events(names: string): Shown[] {
  return names.split(' ').flatMap((name) => {
    const [, by, n] = /^(\w)(\d+)/.exec(name) ?? [];
    return by === undefined ? [] : [{ by, n: Number(n), token: name }];
  });
}

function verdictOn(log: string, shown: string, more: Partial<Evidence> = {}, gaps: string[] = []): object {
  const verdict = judge({
    logs: new Map([[ROOM, events(log)]]),
    told: [],
    dead: new Set(),
    clients: [new Map([[ROOM, { events: events(shown), gaps }]])],
    ...more,
  });
  const counts = Object.entries(wrongIn(verdict)).map(([count, found]) => [
    count,
    (found as { count: number }).count,
  ]);
  return Object.fromEntries(counts) as object;
}

describe('the judge of the chaos suite', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(verdictOn('a1 b1 a2', 'a1 b1 a2')).toEqual({});
  });

  it.each([
    ['an event that was not shown', 'a1 b1 a2', 'a1 a2', [], { lost: 1 }],
    ['one that was shown twice', 'a1 a2', 'a1 a2 a2', [], { repeated: 1 }],
    ['one that was shown late', 'a1 b1 a2', 'a1 a2 b1', [], { outOfOrder: 1 }],
    ['an announced gap', 'a1', 'a1', ['limit'], { gaps: 1 }],
    ['what no log has, and nobody announced', 'a1', 'a1 a2', [], { silent: 1 }],
    ['what no log has, announced as something else', 'a1', 'a1 a2', ['trimmed'], { gaps: 1, silent: 1 }],
    ['a rollback of nothing', 'a1', 'a1', ['rolled-back'], { gaps: 1, needless: 1 }],
    ['a restored event that was shown again', 'a1', 'a1* a1', ['rolled-back'], { gaps: 1, repeated: 1 }],
    ['an event that the log has twice', 'a1 a1*', 'a1', [], { repeated: 1 }],
    ['an emitter whose events changed places', 'a2 a1', 'a2 a1', [], { outOfOrder: 2 }],
  ])('finds %s', (_, log, shown, gaps, wrong) => {
    expect(verdictOn(log, shown, {}, gaps)).toEqual(wrong);
  });

  it('takes restored events in another order for what they are', () => {
    expect(verdictOn('b1 a1 a2', 'a1* b1* a2', {}, ['rolled-back'])).toEqual({ gaps: 1 });
  });

  it.each([
    ['published', 'a', 1],
    ['queued', 'a', 1],
    ['OUTBOX_FULL', 'a', 1],
    ['published', 'dead', 1],
    ['queued', 'dead', 0],
  ])('an event that was %s by emitter %s and is in no log is lost: %d', (status, by, lost) => {
    const told = [{ room: ROOM, by, n: 7, status }];
    expect(verdictOn('', '', { told, dead: new Set(['dead']) })).toEqual(lost === 0 ? {} : { lost });
  });
});
