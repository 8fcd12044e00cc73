import { chaosTable, trialTable } from '../../../scripts/lib/chaos-table.mjs';

const NOTHING_WRONG = { lost: 0, repeated: 0, outOfOrder: 0, gaps: 0, silent: 0 };

describe('the table of the chaos suite', () => {
  it('has a row for each fault, with how often it was made and the sums of what came of it', () => {
    const table = chaosTable([
      { what: 'a fault', emitted: 10, delivered: 100, ...NOTHING_WRONG },
      { what: 'another', emitted: 1, delivered: 2, ...NOTHING_WRONG, gaps: 3 },
      { what: 'a fault', emitted: 5, delivered: 50, ...NOTHING_WRONG, lost: 1 },
    ]);
    expect(table.split('\n')).toEqual([
      '| what was done | times | emitted | delivered | lost | repeated | out of order | gaps | silent losses |',
      '| ------------- | ----: | ------: | --------: | ---: | -------: | -----------: | ---: | ------------: |',
      '| a fault       |     2 |      15 |       150 |    1 |        0 |            0 |    0 |             0 |',
      '| another       |     1 |       1 |         2 |    0 |        0 |            0 |    3 |             0 |',
    ]);
  });
});

describe('the table of what was tried', () => {
  it('has a row for each trial, with what came of it each time', () => {
    const burst = { trial: 'a burst', extent: '50,000 events' };
    const table = trialTable([
      { ...burst, result: 'p99 1.1 times' },
      { trial: 'noise', extent: '10 MB', result: 'counted' },
      { ...burst, result: 'p99 1.3 times' },
    ]);
    expect(table.split('\n')).toEqual([
      '| what was tried | extent        | times | result                         |',
      '| -------------- | ------------- | ----: | ------------------------------ |',
      '| a burst        | 50,000 events |     2 | p99 1.1 times<br>p99 1.3 times |',
      '| noise          | 10 MB         |     1 | counted                        |',
    ]);
  });
});
