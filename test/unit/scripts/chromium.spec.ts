import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../../../scripts/lib/chromium.mjs';

const { CHROMIUM_PATH, PATH } = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  delete process.env['CHROMIUM_PATH'];
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env['PATH'] = PATH;
  if (CHROMIUM_PATH === undefined) delete process.env['CHROMIUM_PATH'];
  else process.env['CHROMIUM_PATH'] = CHROMIUM_PATH;
});

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

it('CHROMIUM_PATH wins over what is in the PATH', async () => {
  process.env['PATH'] = folder;
  program('chromium');
  process.env['CHROMIUM_PATH'] = program('chosen');
  expect(await findChromium()).toBe(join(folder, 'chosen'));
});

it('a CHROMIUM_PATH that names no program is said, not passed over', async () => {
  process.env['CHROMIUM_PATH'] = join(folder, 'missing');
  await expect(findChromium()).rejects.toThrow('CHROMIUM_PATH is');
});

it.each(['chromium', 'chromium-browser', 'google-chrome'])('%s is found in the PATH', async (name) => {
  process.env['PATH'] = folder;
  const path = program(name);
  expect(await findChromium()).toBe(path);
});
