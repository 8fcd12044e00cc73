import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';

/** A sheet that comes with the demo. */
export interface SampleSheet {
  name: string;
  bytes: number;
  path: string;
}

/** The real CSV files of the package vega-datasets, and one that is broken. */
@Injectable()
export class SampleSheets {
  readonly #directories = [
    join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data'),
    fileURLToPath(new URL('../samples/', import.meta.url)),
  ];
  #list: Promise<SampleSheet[]> | undefined;

  /** All of them, by name. */
  list(): Promise<SampleSheet[]> {
    return (this.#list ??= this.#read());
  }

  /** The sheet of that name, or undefined. */
  async find(name: string): Promise<SampleSheet | undefined> {
    return (await this.list()).find((sample) => sample.name === name);
  }

  async #read(): Promise<SampleSheet[]> {
    const sheets = await Promise.all(this.#directories.map(readSheets));
    return sheets.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

async function readSheets(directory: string): Promise<SampleSheet[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.csv'));
  return Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return { name, path, bytes: (await stat(path)).size };
    }),
  );
}
