import { importFacts } from '../../../src/demo/web/import-facts.js';
import { ImportState } from '../../../src/demo/web/import-state.js';

const files = [
  { id: '1', name: 'a.csv', bytes: 600 },
  { id: '2', name: 'b.csv', bytes: 400 },
];
const heard = { silenceMs: 0, isConnected: true };
const progress = (done: number): Record<'done' | 'total' | 'rate' | 'remainingMs', number> => ({
  done,
  total: 1000,
  rate: 2048,
  remainingMs: 8000,
});

/** An import whose first file is done, and whose second one is in the middle. */
function inTheMiddle(): ImportState {
  const state = new ImportState('i', 0);
  state.takeFiles(files);
  state.beginRun({ role: 'worker', pid: 11 });
  Object.assign(state.file('a.csv'), { status: 'done' });
  state.advance(progress(830));
  return state;
}

/** … and that another worker has taken over. */
function takenOver(): ImportState {
  const state = inTheMiddle();
  state.beginRun({ role: 'worker', pid: 22 });
  return state;
}

function ended(failedFiles: number, problems: number, state = inTheMiddle()): ImportState {
  return Object.assign(state, {
    status: 'done',
    progress: undefined,
    summary: { files: 2, failedFiles, rows: 7, problems, durationMs: 340 },
  });
}

/** All but when it was begun. */
const said = (state: ImportState, news = heard): string =>
  importFacts(state, news).split(' · ').slice(1).join(' · ');

describe('what a card says of its import', () => {
  it('is who has it, how far and how fast it is, and how long it will take', () => {
    expect(said(inTheMiddle())).toBe('in worker 11 · 83 % · 2.0 KB/s · about 8.0 s left');
  });

  it('takes back how fast it is and how long it will take when news is overdue, and says so', () => {
    expect(said(inTheMiddle(), { silenceMs: 1000, isConnected: true })).toContain('left');
    expect(said(inTheMiddle(), { silenceMs: 1999, isConnected: true })).toBe(
      'in worker 11 · 83 % · no news for 1 s',
    );
    expect(said(inTheMiddle(), { silenceMs: 63_700, isConnected: true })).toContain('no news for 63 s');
  });

  it('takes it back as well when the page is not connected, and says that this is why', () => {
    expect(said(inTheMiddle(), { silenceMs: 4000, isConnected: false })).toBe(
      'in worker 11 · 83 % · no news for 4 s, as this page is not connected',
    );
  });

  it('says that the silence may be longer when the page has only caught up with what it knows', () => {
    const state = Object.assign(inTheMiddle(), { isHeardLive: false });
    expect(said(state, { silenceMs: 4000, isConnected: true })).toBe(
      'in worker 11 · 83 % · no news for 4 s, since this page is connected',
    );
  });

  it('falls to what is done when another worker takes over, and says that this is read again', () => {
    const state = takenOver();
    expect(said(state)).toBe('in worker 22 · 60 % · reading again what was done before');
    state.advance(progress(10));
    expect(said(state)).toBe(
      'in worker 22 · 60 % · reading again what was done before · 2.0 KB/s · about 8.0 s left',
    );
    state.advance(progress(700));
    expect(said(state)).toBe('in worker 22 · 70 % · 2.0 KB/s · about 8.0 s left');
  });

  it('is how far the import is even where the page was not told of which files', () => {
    const state = new ImportState('i', 0);
    state.status = 'running';
    state.advance(progress(250));
    expect(said(state)).toContain('25 %');
  });

  it('says of how many files it knows the problems', () => {
    expect(said(ended(0, 0))).toBe('2 files · 7 rows · no problems · 340 ms');
    expect(said(ended(0, 1))).toBe('2 files · 7 rows · 1 problem · 340 ms');
    expect(said(ended(1, 0))).toBe('2 files, 1 failed · 7 rows · no problems in the other one · 340 ms');
    const { summary } = ended(0, 0);
    const many = Object.assign(inTheMiddle(), {
      status: 'done',
      summary: { ...summary, files: 9, failedFiles: 2 },
    });
    expect(said(many)).toBe('9 files, 2 failed · 7 rows · no problems in the other 7 · 340 ms');
  });

  it('says that it knows only how long the last run took', () => {
    expect(said(ended(0, 0, takenOver()))).toBe('2 files · 7 rows · no problems · 340 ms in the last run');
  });
});
