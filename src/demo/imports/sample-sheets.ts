import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

/** A sheet that comes with the demo. */
export interface SampleSheet {
  name: string;
  bytes: number;
}

/** The real CSV files of the package vega-datasets. */
@Injectable()
export class SampleSheets {
  readonly #directory = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');
  #list: Promise<SampleSheet[]> | undefined;

  /** All of them, by name. */
  list(): Promise<SampleSheet[]> {
    return (this.#list ??= this.#read());
  }

  /** The sheet of that name, or undefined. */
  async find(name: string): Promise<SampleSheet | undefined> {
    return (await this.list()).find((sample) => sample.name === name);
  }

  /** Where a sheet is. To be called with names from {@link list} only. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  async #read(): Promise<SampleSheet[]> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith('.csv')).sort();
    return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(this.path(name))).size })));
  }
}
