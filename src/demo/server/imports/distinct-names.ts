import type { JobFile } from '../../imports/index.js';

/**
 * Names uploads anew that are named as another file of the import: `a.csv` becomes `a (2).csv`. What is told of a file is
 * told by its name. Samples keep theirs, by which they are found.
 */
export function distinctNames(files: JobFile[]): void {
  const taken = new Set(files.filter(({ source }) => source === 'sample').map(({ name }) => name));
  for (const file of files) {
    if (file.source === 'sample') continue;
    const given = file.name;
    for (let count = 2; taken.has(file.name); count++) {
      file.name = given.replace(/(?=\.csv$)/i, ` (${count})`);
    }
    taken.add(file.name);
  }
}
