import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeOrphans } from '../../../scripts/lib/orphans.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orphans-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
}

it('removes what was made of files that are gone, and nothing else', () => {
  write('src/kept.ts', 'src/deep/script.lua', 'src/web/app.js');
  write(
    'dist/kept.js',
    'dist/kept.d.ts',
    'dist/kept.js.map',
    'dist/deep/script.lua',
    'dist/web/app.js',
    'dist/.stamp',
  );
  write('dist/renamed.js', 'dist/renamed.d.ts', 'dist/renamed.js.map', 'dist/deep/old.lua');
  expect(removeOrphans(root).sort()).toEqual([
    'deep/old.lua',
    'renamed.d.ts',
    'renamed.js',
    'renamed.js.map',
  ]);
  for (const file of ['kept.js', 'kept.d.ts', 'kept.js.map', 'deep/script.lua', 'web/app.js', '.stamp']) {
    expect({ file, isThere: existsSync(join(root, 'dist', file)) }).toEqual({ file, isThere: true });
  }
});

it('has nothing to do before the first build', () => {
  expect(removeOrphans(root)).toEqual([]);
});
