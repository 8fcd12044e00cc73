import { ImportsStore } from '../../../src/demo/web/imports-store.js';

const files = [
  { id: '1', name: 'a.csv', bytes: 100 },
  { id: '2', name: 'b.csv', bytes: 200 },
];
const sheet = { rows: 7, problems: { total: 2, list: [] } };
const summary = { files: 2, failedFiles: 1, rows: 7, problems: 2, durationMs: 10 };

type Data = Record<string, unknown>;
type Event = [string, Data];

const queued = (round = 0): Event => [
  'sheet:sync:queued',
  { importId: 'i', time: 1, pid: 1, role: 'server', files, round },
];
const taken = (pid: number, round = 0): Event => [
  'sheet:sync:taken',
  { importId: 'i', time: 1, pid, role: 'worker', files, round },
];
const said = (type: string, data: Data = {}): Event => [
  'gateway:job',
  { queue: 'sheet-import', jobId: 'i', run: 1, seq: 1, time: 1, type, ...data },
];
const progress = (done: number): Event =>
  said('job_progress', { done, total: 300, rate: 50, remainingMs: 1000 });
const done = (file: string, pid = 11): Event =>
  said('file_completed', { file, result: { sheet, durationMs: 10, by: { role: 'worker', pid } } });
const broken = (file: string): Event =>
  said('error', { file, error: { message: 'empty', code: 'X' }, willRetry: false });
const failed = said('job_failed', { error: { message: 'all is lost', code: 'X' } });
const completed = said('job_completed', { result: summary });

function storeWith(...events: Event[]): ImportsStore {
  const store = new ImportsStore(() => 5);
  for (const [name, data] of events) store.apply(name, data);
  return store;
}

function theImport(store: ImportsStore): NonNullable<ReturnType<ImportsStore['imports']['get']>> {
  const state = store.imports.get('i');
  if (state === undefined) throw new Error('The store does not know the import.');
  return state;
}

const stateAfter = (...events: Event[]): ReturnType<typeof theImport> => theImport(storeWith(...events));
const fileStates = ({ files: all }: ReturnType<typeof theImport>): unknown[] =>
  [...all.values()].map(({ name, status }) => `${name}: ${status}`);

describe('ImportsStore', () => {
  it('follows an import from queued to completed', () => {
    const state = stateAfter(
      queued(),
      taken(11),
      said('job_started'),
      said('file_processing', { file: 'a.csv' }),
      progress(50),
      done('a.csv'),
      broken('b.csv'),
      completed,
    );
    expect(state).toMatchObject({ status: 'done', restarts: 0, summary, progress: undefined, heardAt: 5 });
    expect([...state.files.values()]).toMatchObject([
      { name: 'a.csv', status: 'done', sheet, bytesDone: 100, by: { role: 'worker', pid: 11 } },
      { name: 'b.csv', status: 'failed', message: 'empty' },
    ]);
  });

  it('spreads the progress of the import over its files', () => {
    const state = stateAfter(queued(), taken(11), done('a.csv'), progress(150));
    expect(state.files.get('b.csv')).toMatchObject({ status: 'running', bytesDone: 50, by: { pid: 11 } });
  });

  it('begins again when another worker takes the import over, and keeps what was done', () => {
    const state = stateAfter(queued(), taken(11), done('a.csv'), progress(200), taken(22));
    expect(state).toMatchObject({ status: 'running', restarts: 1, by: { pid: 22 }, progress: undefined });
    expect([...state.files.values()]).toMatchObject([
      { status: 'done', by: { pid: 11 } },
      { status: 'waiting', bytesDone: 0 },
    ]);
  });

  it('does not lose what is done when another worker takes the import over', () => {
    const lost = stateAfter(queued(), taken(11), done('a.csv'), progress(250));
    expect(lost).toMatchObject({ share: 250 / 300, isRereading: false });
    const shares = [0, 50, 99, 100, 200, 300].map((bytes) => {
      const { share, isRereading } = stateAfter(
        queued(),
        taken(11),
        done('a.csv'),
        taken(22),
        progress(bytes),
      );
      return [share, isRereading];
    });
    expect(shares).toEqual([
      ...[0, 50, 99].map(() => [100 / 300, true]),
      ...[100, 200, 300].map((bytes) => [bytes / 300, false]),
    ]);
  });

  it('believes no estimate that it only catches up with, but how far it had come', () => {
    const store = storeWith(queued(), taken(11));
    store.apply(...progress(50), { isLive: false });
    expect(theImport(store).progress).toMatchObject({ done: 50, rate: null, remainingMs: null });
    store.apply(...progress(60));
    expect(theImport(store).progress).toMatchObject({ done: 60, rate: 50, remainingMs: 1000 });
  });

  it('says that a run has failed and another follows, and does not take the next worker for a replacement', () => {
    const retry = said('error', { file: null, error: { message: 'stopped', code: 'X' }, willRetry: true });
    expect(stateAfter(queued(), taken(11), progress(50), retry)).toMatchObject({
      status: 'retrying',
      message: 'stopped',
    });
    expect(stateAfter(queued(), taken(11), retry, taken(22))).toMatchObject({
      status: 'running',
      restarts: 0,
      message: undefined,
    });
  });

  it('fails what is not done when the whole import fails', () => {
    const state = stateAfter(queued(), taken(11), done('a.csv'), failed);
    expect(state).toMatchObject({ status: 'failed', message: 'all is lost' });
    expect(fileStates(state)).toEqual(['a.csv: done', 'b.csv: failed']);
  });

  it('begins anew when its user asks for a failed import again', () => {
    const asked = stateAfter(queued(), taken(11), done('a.csv'), failed, queued(1));
    expect(asked).toMatchObject({ status: 'queued', restarts: 0, message: undefined });
    expect(fileStates(asked)).toEqual(['a.csv: waiting', 'b.csv: waiting']);
    expect(stateAfter(queued(), taken(11), failed, queued(1), taken(22, 1), completed)).toMatchObject({
      status: 'done',
      restarts: 0,
    });
  });

  it('is not set back when a worker was faster than the word that the import waits', () => {
    const events = [queued(), taken(11), failed, taken(22, 1), done('a.csv', 22)];
    expect(stateAfter(...events, queued(1))).toMatchObject({ status: 'running' });
    expect(stateAfter(...events, failed, queued(1))).toMatchObject({ status: 'failed' });
  });

  it('is not set back by what comes after the end', () => {
    const state = stateAfter(queued(), taken(11), done('a.csv'), completed, progress(30), taken(22));
    expect(state).toMatchObject({ status: 'done', restarts: 0, progress: undefined, by: { pid: 11 } });
  });

  it('shows an import that it hears of in the middle, and knows all of its files when it is told', () => {
    const store = storeWith(done('b.csv'), progress(30));
    expect(theImport(store).status).toBe('running');
    store.apply(...queued());
    expect(fileStates(theImport(store))).toEqual(['a.csv: waiting', 'b.csv: done']);
    expect(theImport(store).files.get('b.csv')?.bytes).toBe(200);
  });

  it('is not set back when the answer to the upload comes after the events', () => {
    const store = storeWith(taken(11), progress(50), queued());
    store.queued('i', files);
    expect(theImport(store).files.get('a.csv')).toMatchObject({ status: 'running', bytesDone: 50 });
  });

  it('shows a file as done whose result could not be sent', () => {
    const state = stateAfter(queued(), taken(11), said('file_completed', { file: 'a.csv', result: null }));
    expect(state.files.get('a.csv')).toMatchObject({ status: 'done', by: { pid: 11 } });
  });

  it('says what is missing where the import has not ended', () => {
    const store = storeWith(taken(11));
    store.apply('gateway:job', { ...completed[1], jobId: 'ended' });
    store.missed('trimmed');
    expect(theImport(store).missed).toBe('trimmed');
    expect(store.imports.get('ended')?.missed).toBeUndefined();
  });

  it('counts events of one kind in a row as one line of the log, with the process that they come from', () => {
    const { log, logged } = stateAfter(taken(11), progress(1), progress(2), progress(3), done('a.csv'));
    expect(log.map(({ event, count, by }) => [event, count, by?.pid])).toEqual([
      ['sheet:sync:taken', 1, 11],
      ['job_progress', 3, 11],
      ['file_completed', 1, 11],
    ]);
    expect(logged).toBe(5);
  });

  it('ignores what is not about imports', () => {
    const store = new ImportsStore();
    expect(store.apply('chat:message', { text: 'hello' })).toBe(false);
    expect(store.apply('gateway:job', { ...done('a.csv')[1], queue: 'other' })).toBe(false);
    expect(store.imports.size).toBe(0);
  });

  it('forgets the oldest imports', () => {
    const store = new ImportsStore();
    for (let index = 0; index < 30; index++) {
      store.apply('sheet:sync:queued', { ...queued()[1], importId: String(index) });
    }
    expect(store.imports.size).toBe(20);
    expect(store.imports.has('29')).toBe(true);
  });
});
