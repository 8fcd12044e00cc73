import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProcessIdentity, SheetImporter, type SourceFile } from '../../../src/demo/importer/index.js';
import { RecordingEmitter } from './recording-emitter.js';

const samples = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

let directory: string;
let emitter: RecordingEmitter;
let importer: SheetImporter;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sheet-importer-'));
  emitter = new RecordingEmitter();
  importer = new SheetImporter(emitter, new ProcessIdentity('worker'));
});
afterEach(() => rm(directory, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<SourceFile> {
  const path = join(directory, name);
  await writeFile(path, content);
  return { id: name, name, path, bytes: (await stat(path)).size };
}

async function sample(name: string): Promise<SourceFile> {
  const path = join(samples, name);
  return { id: name, name, path, bytes: (await stat(path)).size };
}

async function run(files: SourceFile[], signal?: AbortSignal): Promise<void> {
  await importer.run({ importId: 'i1', userId: 'ada', files }, signal);
}

function eventsOf(name: string): Record<string, unknown>[] {
  return emitter.events.filter(({ event }) => event === `sheet:sync:${name}`).map(({ data }) => data);
}

describe('SheetImporter', () => {
  it('tells one user about three real files, from started to completed', async () => {
    await run([
      await sample('airports.csv'),
      await sample('github.csv'),
      await sample('seattle-weather.csv'),
    ]);
    expect(emitter.events[0]?.event).toBe('sheet:sync:started');
    expect(emitter.events.at(-1)?.event).toBe('sheet:sync:completed');
    expect(new Set(emitter.events.map(({ userId }) => userId))).toEqual(new Set(['ada']));
    expect(eventsOf('file').map(({ result }) => (result as { rows: number }).rows)).toEqual([
      3376, 955, 1461,
    ]);
    expect(eventsOf('completed')).toMatchObject([{ files: 3, failedFiles: 0, rows: 5792 }]);
    for (const { data } of emitter.events) {
      expect(data).toMatchObject({ importId: 'i1', pid: process.pid, role: 'worker' });
      expect(data['time']).toEqual(expect.any(Number));
    }
  });

  it('infers what the columns of a real file hold', async () => {
    await run([await sample('airports.csv')]);
    const { columns } = (eventsOf('file')[0] as { result: { columns: Record<string, unknown>[] } }).result;
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['iata', 'text'],
      ['name', 'text'],
      ['city', 'text'],
      ['state', 'text'],
      ['country', 'text'],
      ['latitude', 'number'],
      ['longitude', 'number'],
    ]);
    expect(columns[0]).toMatchObject({ count: 3376, distinct: { count: 3376, exact: true } });
  });

  it('sends progress at most ten times per second, ending each file with all of its bytes', async () => {
    const rows =
      'id,name,value\n' + Array.from({ length: 40_000 }, (_, i) => `${i},user ${i},${i / 7}\n`).join('');
    const source = await file('large.csv', rows);
    await run([source, await file('small.csv', 'a,b\n1,2\n'), await file('smaller.csv', 'a\n1\n')]);
    const progress = emitter.events.filter(({ event }) => event.endsWith('progress')).map(({ data }) => data);
    const times = progress.map(({ time }) => time as number);
    for (const [index, time] of times.entries()) {
      expect(time - (times[index - 10] ?? -Infinity)).toBeGreaterThanOrEqual(990);
    }
    const order = emitter.events.map(({ event, data }) => [
      event.split(':')[2],
      (data['file'] as SourceFile | undefined)?.id,
    ]);
    for (const id of ['large.csv', 'small.csv', 'smaller.csv']) {
      const last = progress.filter(({ file: each }) => (each as SourceFile).id === id).at(-1);
      expect(last?.['bytesDone']).toBe(last?.['bytesTotal']);
      const done = order.findIndex(([event, fileId]) => event === 'file' && fileId === id);
      expect(order.findLastIndex(([event, fileId]) => event === 'progress' && fileId === id)).toBeLessThan(
        done,
      );
    }
  });

  it('goes on with the other files after one that cannot be read', async () => {
    await run([
      await file('empty.csv', ''),
      await file('binary.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0])),
      await file('broken.csv', 'a,b\n"1,2\n3,4\n'),
      { id: 'gone', name: 'gone.csv', bytes: 1, path: join(directory, 'gone.csv') },
      { id: 'directory', name: 'directory.csv', bytes: 1, path: directory },
      await file('good.csv', 'a,b\n1,2\n'),
    ]);
    expect(eventsOf('failed').map(({ file: each, message }) => [(each as SourceFile).name, message])).toEqual(
      [
        ['empty.csv', 'This file is empty.'],
        ['binary.csv', 'This is a PNG image, not a CSV.'],
        ['broken.csv', 'The quote that is opened on line 2 is never closed; nothing after it can be read.'],
        ['gone.csv', 'The file is not there any more.'],
        ['directory.csv', 'The file cannot be read because of an error on the server.'],
      ],
    );
    expect(eventsOf('file')).toHaveLength(1);
    expect(eventsOf('completed')).toMatchObject([{ files: 6, failedFiles: 5, rows: 1 }]);
  });

  it('keeps every event below 64 KiB, whatever the file', async () => {
    const wide = Array.from({ length: 300 }, (_, index) => `${'ü'.repeat(100)}${index}`);
    const rows = Array.from({ length: 40 }, (_, row) =>
      wide.map((name) => `${name} ${row} ${'ß'.repeat(100)}`).join(','),
    );
    await run([await file('wide.csv', [wide.join(','), ...rows].join('\n'))]);
    expect(eventsOf('file')).toHaveLength(1);
    expect(Math.max(...emitter.events.map(({ bytes }) => bytes))).toBeLessThan(64 * 1024);
  });

  it('keeps results and tells each once, however often the import is run; of the progress it keeps the newest', async () => {
    const files = [await file('good.csv', 'a\n1\n'), await file('empty.csv', '')];
    await run(files);
    const first = emitter.events.splice(0);
    await run(files);
    for (const events of [first, emitter.events]) {
      const kept = events.map(({ event, options }) => [event.split(':')[2], options]);
      expect(kept.filter(([event]) => event !== 'progress')).toEqual([
        ['started', { delivery: 'durable' }],
        ['file', { delivery: 'durable', dedupeKey: 'i1 file good.csv' }],
        ['failed', { delivery: 'durable', dedupeKey: 'i1 file empty.csv' }],
        ['completed', { delivery: 'durable', dedupeKey: 'i1 end', clears: 'i1' }],
      ]);
      const progress = kept.filter(([event]) => event === 'progress').map(([, options]) => options);
      expect(progress.length).toBeGreaterThan(0);
      expect(new Set(progress)).toEqual(new Set([{ delivery: 'latest', key: 'i1' }]));
    }
  });

  it('gives a later run of the same import a later run time', async () => {
    const source = await file('a.csv', 'a\n1\n');
    await run([source]);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await run([source]);
    const [first, second] = eventsOf('started').map((data) => data['run'] as number);
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  it('stops without another word when it is told to', async () => {
    const source = await file('large.csv', 'a,b\n' + '1,2\n'.repeat(100_000));
    const abort = new AbortController();
    const running = run([source], abort.signal);
    setImmediate(() => abort.abort(new Error('shutting down')));
    await expect(running).rejects.toThrow('shutting down');
    const count = emitter.events.length;
    expect(eventsOf('completed')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(emitter.events).toHaveLength(count);
  });
});
