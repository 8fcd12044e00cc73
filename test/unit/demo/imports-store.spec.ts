import { ImportsStore } from '../../../src/demo/web/imports-store.js';

const files = [
  { id: '1', name: 'a.csv', bytes: 100 },
  { id: '2', name: 'b.csv', bytes: 200 },
];
const result = { rows: 7, problems: { total: 2, list: [] } };

type Data = Record<string, unknown>;

function event(run: number | undefined, rest: Data, pid = 11): Data {
  return { importId: 'i', pid, role: 'worker', time: 1, ...(run === undefined ? {} : { run }), ...rest };
}

function storeWith(...events: [string, Data][]): ImportsStore {
  const store = new ImportsStore();
  for (const [name, data] of events) store.apply(`sheet:sync:${name}`, data);
  return store;
}

function theImport(store: ImportsStore): NonNullable<ReturnType<ImportsStore['imports']['get']>> {
  const state = store.imports.get('i');
  if (state === undefined) throw new Error('The store does not know the import.');
  return state;
}

const progress = (run: number, rows: number, pid = 11): [string, Data] => [
  'progress',
  event(run, { file: files[0], bytesDone: rows, rows, rowsPerSecond: 5, problems: 0 }, pid),
];
const done = (run: number, index: number, pid = 11): [string, Data] => [
  'file',
  event(run, { file: files[index], durationMs: 10, result }, pid),
];

describe('ImportsStore', () => {
  it('follows an import from queued to completed', () => {
    const state = theImport(
      storeWith(
        ['queued', event(undefined, { files })],
        ['started', event(5, { files })],
        progress(5, 50),
        done(5, 0),
        ['failed', event(5, { file: files[1], message: 'empty' })],
        ['completed', event(5, { files: 2, failedFiles: 1, rows: 7, problems: 2, durationMs: 10 })],
      ),
    );
    expect(state).toMatchObject({ status: 'done', restarts: 0, summary: { rows: 7, failedFiles: 1 } });
    expect([...state.files.values()]).toMatchObject([
      {
        name: 'a.csv',
        status: 'done',
        rows: 7,
        problems: 2,
        bytesDone: 100,
        origin: { role: 'worker', pid: 11 },
      },
      { name: 'b.csv', status: 'failed', message: 'empty' },
    ]);
  });

  it('begins again when another worker takes the import over, and keeps what was done', () => {
    const store = storeWith(
      ['started', event(5, { files })],
      done(5, 0),
      ['progress', event(5, { file: files[1], bytesDone: 9, rows: 9, rowsPerSecond: 5, problems: 0 })],
      ['started', event(9, { files }, 22)],
      progress(9, 30, 22),
    );
    expect(theImport(store)).toMatchObject({ status: 'running', restarts: 1, origin: { pid: 22 } });
    expect([...theImport(store).files.values()]).toMatchObject([
      { status: 'done', rows: 7, origin: { pid: 11 } },
      { status: 'waiting', rows: 0 },
    ]);
  });

  it('takes the run that is started last for the newest one, whatever the clocks of the workers say', () => {
    const store = storeWith(
      ['started', event(9, { files })],
      ['started', event(5, { files }, 22)],
      progress(5, 30, 22),
      progress(9, 60),
    );
    expect(theImport(store)).toMatchObject({ restarts: 1, run: 5 });
    expect(theImport(store).files.get('1')).toMatchObject({ rows: 30, origin: { pid: 22 } });
  });

  it('takes a result from the lost worker, which lives on: the other one’s is not sent any more', () => {
    const state = theImport(
      storeWith(
        ['started', event(5, { files })],
        ['started', event(9, { files }, 22)],
        done(5, 0),
        done(5, 1),
        ['completed', event(5, { files: 2, failedFiles: 0, rows: 14, problems: 4, durationMs: 1 })],
        progress(9, 30, 22),
        ['started', event(12, { files }, 33)],
      ),
    );
    expect(state).toMatchObject({ status: 'done', restarts: 1, summary: { rows: 14 } });
    expect([...state.files.values()]).toMatchObject([{ status: 'done' }, { status: 'done' }]);
  });

  it('shows an import that it hears of in the middle', () => {
    const state = theImport(storeWith(progress(5, 30), done(5, 1)));
    expect(state.status).toBe('running');
    expect([...state.files.keys()]).toEqual(['1', '2']);
  });

  it('is not set back by progress that comes after the result', () => {
    const state = theImport(storeWith(['started', event(5, { files })], done(5, 0), progress(5, 30)));
    expect(state.files.get('1')).toMatchObject({ status: 'done', rows: 7 });
  });

  it('knows all files of an import that was heard of in the middle, when it is told', () => {
    const state = theImport(storeWith(done(5, 1), ['queued', event(undefined, { files })]));
    expect([...state.files.values()].map(({ id, status }) => [id, status])).toEqual([
      ['1', 'waiting'],
      ['2', 'done'],
    ]);
  });

  it('is not set back when the answer to the upload comes after the events', () => {
    const store = storeWith(['started', event(5, { files })], progress(5, 30), [
      'queued',
      event(undefined, { files }),
    ]);
    store.queued('i', files);
    expect(theImport(store).files.get('1')).toMatchObject({ status: 'running', rows: 30 });
  });

  it('fails what is not done when the whole import fails', () => {
    const state = theImport(
      storeWith(['started', event(5, { files })], done(5, 0), [
        'failed',
        event(undefined, { message: 'lost' }),
      ]),
    );
    expect(state).toMatchObject({ status: 'failed', message: 'lost' });
    expect([...state.files.values()].map(({ status }) => status)).toEqual(['done', 'failed']);
  });

  it('says what is missing where the import has not ended, and learns anew which run is the newest', () => {
    const store = storeWith(['started', event(5, { files })], done(5, 0));
    store.apply('sheet:sync:completed', { ...event(1, {}), importId: 'ended' });
    store.missed('trimmed');
    store.apply(...(['sheet:sync:progress', progress(9, 30)[1]] as const));
    expect(theImport(store)).toMatchObject({ missed: 'trimmed', run: 9, status: 'running' });
    expect(theImport(store).files.get('1')).toMatchObject({ status: 'done' });
    expect(store.imports.get('ended')?.missed).toBeUndefined();
  });

  it('counts events of one kind in a row as one line of the log', () => {
    const { log, logged } = theImport(
      storeWith(['started', event(5, { files })], progress(5, 1), progress(5, 2), progress(5, 3), done(5, 0)),
    );
    expect(log.map(({ event: name, count }) => [name, count])).toEqual([
      ['sheet:sync:started', 1],
      ['sheet:sync:progress', 3],
      ['sheet:sync:file', 1],
    ]);
    expect(logged).toBe(5);
  });

  it('ignores events that are not about imports', () => {
    const store = new ImportsStore();
    expect(store.apply('chat:message', { text: 'hello' })).toBe(false);
    expect(store.imports.size).toBe(0);
  });

  it('forgets the oldest imports', () => {
    const store = new ImportsStore();
    for (let index = 0; index < 30; index++) {
      store.apply('sheet:sync:started', { ...event(5, { files }), importId: String(index) });
    }
    expect(store.imports.size).toBe(20);
    expect(store.imports.has('29')).toBe(true);
  });
});
