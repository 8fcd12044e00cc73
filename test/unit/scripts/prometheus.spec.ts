import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrometheus } from '../../../scripts/lib/prometheus.mjs';

const { PROMETHEUS_DIR, PATH } = process.env;
let chosen: string;
let inPath: string;

beforeEach(() => {
  [chosen, inPath] = [folderOf('prometheus', 'promtool'), folderOf('prometheus', 'promtool')];
  process.env['PATH'] = `${inPath}:${PATH}`;
  delete process.env['PROMETHEUS_DIR'];
});

afterEach(() => {
  for (const folder of [chosen, inPath]) rmSync(folder, { recursive: true });
  process.env['PATH'] = PATH;
  if (PROMETHEUS_DIR === undefined) delete process.env['PROMETHEUS_DIR'];
  else process.env['PROMETHEUS_DIR'] = PROMETHEUS_DIR;
});

/** A new folder with programs that say what Prometheus says. */
function folderOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\necho prometheus, version 2.42.0\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

it('PROMETHEUS_DIR wins over what is in the PATH', () => {
  process.env['PROMETHEUS_DIR'] = chosen;
  expect(findPrometheus()).toEqual({
    prometheus: join(chosen, 'prometheus'),
    promtool: join(chosen, 'promtool'),
  });
});

it('a PROMETHEUS_DIR without promtool is said, not passed over', () => {
  rmSync(join(chosen, 'promtool'));
  process.env['PROMETHEUS_DIR'] = chosen;
  expect(() => findPrometheus()).toThrow('PROMETHEUS_DIR is');
});

it('prometheus is found in the PATH, with promtool beside it', () => {
  expect(findPrometheus()?.prometheus).toBe(join(inPath, 'prometheus'));
});
