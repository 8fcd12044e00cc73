import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { JobReporter, type JobMessage } from 'nestjs-socket-gateway/jobs';
import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
import {
  ImportFailedError,
  ProcessIdentity,
  SheetImporter,
  type FileResult,
  type ImportSummary,
  type SourceFile,
} from '../../../src/demo/importer/index.js';

type Message<Type extends JobMessage['type']> = Extract<JobMessage, { type: Type }>;

const samples = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

let directory: string;
let emitter: RecordingEmitter;
let importer: SheetImporter;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sheet-importer-'));
  emitter = new RecordingEmitter();
  importer = new SheetImporter(new ProcessIdentity('worker'));
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

function run(files: SourceFile[], signal?: AbortSignal): Promise<ImportSummary> {
  const job = { id: 'i1', queueName: 'sheet-import', timestamp: 1 };
  return new JobReporter(emitter).run(job, { userId: 'ada' }, (report) =>
    importer.run(files, report, signal),
  );
}

function messages(): JobMessage[] {
  return emitter.emitsToUser('ada').map(({ data }) => data as JobMessage);
}

function messagesOf<Type extends JobMessage['type']>(type: Type): Message<Type>[] {
  return messages().filter((message): message is Message<Type> => message.type === type);
}

function results(): FileResult[] {
  return messagesOf('file_completed').map(({ result }) => result as FileResult);
}

describe('SheetImporter', () => {
  it('tells one user about three real files, from started to completed, and which process read them', async () => {
    await run([
      await sample('airports.csv'),
      await sample('github.csv'),
      await sample('seattle-weather.csv'),
    ]);
    const kept = messages().filter(({ type }) => type !== 'job_progress');
    expect(kept.map(({ type }) => type)).toEqual([
      'job_started',
      ...Array.from({ length: 3 }, () => ['file_processing', 'file_completed']).flat(),
      'job_completed',
    ]);
    expect(results().map(({ sheet }) => sheet.rows)).toEqual([3376, 955, 1461]);
    expect(messagesOf('job_completed')).toMatchObject([{ result: { files: 3, failedFiles: 0, rows: 5792 } }]);
    for (const { by } of results()) expect(by).toEqual({ pid: process.pid, role: 'worker' });
  });

  it('infers what the columns of a real file hold', async () => {
    await run([await sample('airports.csv')]);
    const columns = results()[0]?.sheet.columns ?? [];
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

  it('counts progress in bytes of all files, always forward, up to all of them', async () => {
    const rows =
      'id,name,value\n' + Array.from({ length: 40_000 }, (_, i) => `${i},user ${i},${i / 7}\n`).join('');
    const files = [
      await file('large.csv', rows),
      await file('broken.csv', '"'),
      await file('small.csv', 'a\n1\n'),
    ];
    await run(files);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const progress = messagesOf('job_progress');
    const done = progress.map((message) => message.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(progress.at(-1)).toMatchObject({ done: total, total });
  });

  it('goes on with the other files after one that cannot be read', async () => {
    await run([
      await file('empty.csv', ''),
      await file('binary.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0])),
      await file('broken.csv', 'a,b\n"1,2\n3,4\n'),
      await file('good.csv', 'a,b\n1,2\n'),
    ]);
    expect(
      messagesOf('error').map(({ file: name, error, willRetry }) => [name, error.message, willRetry]),
    ).toEqual([
      ['empty.csv', 'This file is empty.', false],
      ['binary.csv', 'This is a PNG image, not a CSV.', false],
      [
        'broken.csv',
        'The quote that is opened on line 2 is never closed; nothing after it can be read.',
        false,
      ],
    ]);
    expect(results()).toHaveLength(1);
    expect(messagesOf('job_completed')).toMatchObject([{ result: { files: 4, failedFiles: 3, rows: 1 } }]);
  });

  it('fails when a file could not be read though nothing may be wrong with it, after the others', async () => {
    const files = [
      { id: 'gone', name: 'gone.csv', bytes: 1, path: join(directory, 'gone.csv') },
      { id: 'directory', name: 'directory.csv', bytes: 1, path: directory },
      await file('good.csv', 'a,b\n1,2\n'),
    ];
    await expect(run(files)).rejects.toThrow(ImportFailedError);
    expect(messagesOf('error').map(({ error }) => error.message)).toEqual([
      'The file is not there.',
      'The file cannot be read because of an error on the server.',
    ]);
    expect(results()).toHaveLength(1);
    expect(messagesOf('job_failed')).toMatchObject([
      { error: { message: 'Not every file could be read. Try again.' } },
    ]);
  });

  it('fails when no file can be read', async () => {
    await expect(run([await file('empty.csv', '')])).rejects.toThrow('No file could be read.');
    expect(messagesOf('job_completed')).toEqual([]);
  });

  it('keeps every result small enough to be told, whatever the file', async () => {
    const wide = Array.from({ length: 300 }, (_, index) => `${'ü'.repeat(100)}${index}`);
    const rows = Array.from({ length: 40 }, (_, row) =>
      wide.map((name) => `${name} ${row} ${'ß'.repeat(100)}`).join(','),
    );
    await run([await file('wide.csv', [wide.join(','), ...rows].join('\n'))]);
    expect(results()).toMatchObject([{ sheet: { rows: 40 } }]);
    expect(messagesOf('file_completed')[0]).not.toHaveProperty('resultOmitted');
  });

  it('stops without another word when it is told to', async () => {
    const source = await file('large.csv', 'a,b\n' + '1,2\n'.repeat(100_000));
    const abort = new AbortController();
    const running = run([source], abort.signal);
    setImmediate(() => abort.abort(new Error('shutting down')));
    await expect(running).rejects.toThrow('shutting down');
    expect(results()).toEqual([]);
    expect(messagesOf('error').filter(({ file: name }) => name !== null)).toEqual([]);
  });
});
