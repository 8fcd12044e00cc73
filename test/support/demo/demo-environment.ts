import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const samples = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

/** A folder for a test's files and uploads, and the environment of the demo's processes. */
export class DemoEnvironment {
  readonly env: Record<string, string>;

  private constructor(private readonly directory: string) {
    this.env = {
      UPLOAD_DIR: join(directory, 'uploads'),
      JWT_SECRET: 'secret of the tests',
      SOCKET_REDIS_CHANNEL: randomUUID(),
    };
  }

  static async make(): Promise<DemoEnvironment> {
    return new DemoEnvironment(await mkdtemp(join(tmpdir(), 'demo-')));
  }

  /** The path of a real CSV file. */
  sample(name: string): string {
    return join(samples, name);
  }

  /** Writes a file to be uploaded, and returns its path. */
  async file(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, content);
    return path;
  }

  /** Writes a CSV file with many rows, and returns its path. */
  async largeFile(name: string, rows: number): Promise<string> {
    const lines = ['id,name,city,amount,ratio,day,paid'];
    const cities = ['Berlin', 'Paris', 'Oslo', '"Washington, D.C."', 'Köln'];
    for (let row = 0; row < rows; row++) {
      const day = `20${10 + (row % 10)}-0${1 + (row % 9)}-1${row % 9}`;
      const cells = [
        row,
        `user ${(row * 7919) % 1_000_003}`,
        cities[row % 5],
        row % 10_007,
        Math.sin(row).toFixed(6),
      ];
      lines.push([...cells, day, row % 3 === 0].join(','));
    }
    return this.file(name, lines.join('\n'));
  }

  async stop(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
