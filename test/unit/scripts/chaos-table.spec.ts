import { withTables } from '../../../scripts/lib/chaos-document.mjs';
import { chaosTable, trialTable } from '../../../scripts/lib/chaos-table.mjs';

const NOTHING_WRONG = { lost: 0, repeated: 0, outOfOrder: 0, gaps: 0, silent: 0 };

describe('the table of the chaos suite', () => {
  it('has a row for each fault, with how often it was made and the sums of what came of it', () => {
    const fault = { what: 'a fault', extent: 'for 3 s', test: 'a.spec.ts' };
    const table = chaosTable([
      { what: 'another', extent: '', test: 'b.spec.ts', emitted: 1, delivered: 2, ...NOTHING_WRONG, gaps: 3 },
      { ...fault, emitted: 10, delivered: 100, ...NOTHING_WRONG },
      { ...fault, emitted: 5, delivered: 50, ...NOTHING_WRONG, lost: 1 },
    ]);
    expect(table.split('\n')).toEqual([
      '| what was done | extent  | times | emitted | delivered | lost | repeated | out of order | gaps | silent losses |',
      '| ------------- | ------- | ----: | ------: | --------: | ---: | -------: | -----------: | ---: | ------------: |',
      '| A fault       | for 3 s |     2 |      15 |       150 |    1 |        0 |            0 |    0 |             0 |',
      '| Another       |         |     1 |       1 |         2 |    0 |        0 |            0 |    3 |             0 |',
    ]);
  });
});

describe('the table of what was tried', () => {
  it('has a row for each trial, with what came of it each time', () => {
    const burst = { trial: 'a burst', extent: '50,000 events', test: 'b.spec.ts' };
    const table = trialTable([
      { ...burst, result: 'p99 1.1 times' },
      { trial: 'noise', extent: '10 MB', result: 'counted', test: 'a.spec.ts' },
      { ...burst, result: 'p99 1.3 times' },
    ]);
    expect(table.split('\n')).toEqual([
      '| what was tried | extent        | times | result                         | test      |',
      '| -------------- | ------------- | ----: | ------------------------------ | --------- |',
      '| Noise          | 10 MB         |     1 | counted                        | a.spec.ts |',
      '| A burst        | 50,000 events |     2 | p99 1.1 times<br>p99 1.3 times | b.spec.ts |',
    ]);
  });
});

describe('the document of what was tried', () => {
  const text = 'Before.\n<!-- table: one -->\nold\n<!-- end of table -->\nAfter.\n';

  it('gets other tables, and keeps what is around them', () => {
    expect(withTables(text, { one: '| new |' })).toBe(
      'Before.\n<!-- table: one -->\n| new |\n<!-- end of table -->\nAfter.\n',
    );
  });

  it('must have a place for each of them', () => {
    expect(() => withTables(text, { two: '| new |' })).toThrow('no place for the table "two"');
  });
});
