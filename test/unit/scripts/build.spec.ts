import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintOfSources } from '../../../scripts/lib/build.mjs';

describe('the fingerprint of the sources', () => {
  let root: string;
  let before: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-test-'));
    mkdirSync(join(root, 'src/room'), { recursive: true });
    writeFileSync(join(root, 'src/room/a.ts'), 'a');
    writeFileSync(join(root, 'tsconfig.json'), '{}');
    before = fingerprintOfSources(root);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('stays the same when only times change', () => {
    utimesSync(join(root, 'src/room/a.ts'), new Date(0), new Date(0));
    expect(fingerprintOfSources(root)).toBe(before);
  });

  it.each([
    ['content', () => writeFileSync(join(root, 'src/room/a.ts'), 'b')],
    ['name', () => renameSync(join(root, 'src/room/a.ts'), join(root, 'src/room/b.ts'))],
    ['configuration', () => writeFileSync(join(root, 'tsconfig.json'), '{ }')],
    ['number of files', () => writeFileSync(join(root, 'src/c.lua'), '')],
  ])('changes with the %s', (_what, change) => {
    change();
    expect(fingerprintOfSources(root)).not.toBe(before);
  });
});
