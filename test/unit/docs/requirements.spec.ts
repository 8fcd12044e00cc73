import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Row {
  requirement: string;
  shownBy: { file: string; title: string }[];
}

/** The rows of all tables; a dash is a requirement that nothing shows yet. */
function readRows(): Row[] {
  const page = readFileSync(join(root, 'docs/requirements.md'), 'utf8');
  const cells = [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, requirement, shownBy]) => [requirement, shownBy] as [string, string],
  );
  return cells
    .filter(([requirement]) => requirement !== 'requirement' && !/^-+$/.test(requirement))
    .map(([requirement, shownBy]) => ({
      requirement,
      shownBy: shownBy === '—' ? [] : shownBy.split('<br>').map(readReference),
    }));
}

function readReference(text: string): { file: string; title: string } {
  const [, file, title] = /^`(test\/[^`]+\.spec\.ts)`: (.+)$/.exec(text) ?? [];
  if (file === undefined || title === undefined) throw new Error(`Not a file and a test: ${text}`);
  return { file, title };
}

describe('The table of requirements', () => {
  const rows = readRows();

  it('names files that exist and tests that are in them', () => {
    const missing = rows
      .flatMap(({ shownBy }) => shownBy)
      .filter(({ file, title }) => !title.split(' · ').every((part) => titlesIn(file).includes(part)))
      .map(({ file, title }) => `${file}: ${title}`);
    expect(missing).toEqual([]);
    expect(rows.flatMap(({ shownBy }) => shownBy).length).toBeGreaterThan(50);
  });

  it('names each requirement once', () => {
    const names = rows.map(({ requirement }) => requirement);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

/** The text of a file in which its tests' titles stand as they are read. */
function titlesIn(file: string): string {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll("\\'", "'") : '';
}
