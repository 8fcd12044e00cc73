import type { JobFile } from '../../../src/demo/imports/index.js';
import { distinctNames } from '../../../src/demo/server/imports/distinct-names.js';

it('gives uploads of one name names of their own, and leaves samples theirs', () => {
  const file = (name: string, source: JobFile['source'] = 'upload'): JobFile => ({
    id: '1',
    name,
    bytes: 1,
    source,
  });
  const files = [file('a.csv'), file('b.csv'), file('a.csv'), file('a (2).csv'), file('b.csv', 'sample')];
  distinctNames(files);
  expect(files.map(({ name }) => name)).toEqual([
    'a.csv',
    'b (2).csv',
    'a (2).csv',
    'a (2) (2).csv',
    'b.csv',
  ]);
});
