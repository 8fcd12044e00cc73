import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject, projectRoot } from '../../scripts/lib/project.mjs';
import { succeed } from './run-command.js';

/** The package as it would be published. */
export interface PackedPackage {
  /** The tarball. */
  file: string;
  /** Where it was unpacked. */
  dir: string;
  /** Every file in it, relative to its root. */
  files: string[];
  stop(): Promise<void>;
}

/** Packs what is built in `dist` with npm, and unpacks it. */
export async function packPackage(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-socket-gateway-pack-'));
  await succeed('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: projectRoot });
  const [name] = await readdir(folder);
  if (name === undefined) throw new Error('npm pack has made no tarball.');
  const file = join(folder, name);
  await succeed('tar', ['-xzf', file, '-C', folder], { cwd: folder });
  const dir = join(folder, 'package');
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
  return { file, dir, files, stop: () => rm(folder, { recursive: true, force: true }) };
}

/** A program of the project's own dependencies. */
export function binary(name: string): string {
  return inProject('node_modules/.bin', name);
}
