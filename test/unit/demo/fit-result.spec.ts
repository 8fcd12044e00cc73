import { fitResult, MAX_RESULT_BYTES } from '../../../src/demo/importer/fit-result.js';
import { SheetAnalysis } from '../../../src/demo/importer/sheet-analysis.js';

function analysisOf(header: string[], rows: readonly string[][]): SheetAnalysis {
  const analysis = new SheetAnalysis();
  analysis.row(header, () => 1);
  rows.forEach((fields, index) => analysis.row(fields, () => index + 2));
  return analysis;
}

describe('fitResult', () => {
  it('leaves a result alone that fits', () => {
    const result = analysisOf(['a', 'b'], [['1', 'x']]).result();
    expect(fitResult(result)).toBe(result);
  });

  it.each([100, 5000])(
    'makes the result of %i columns of long texts and many problems fit into an event',
    (width) => {
      const header = Array.from({ length: width }, (_, index) => `${'列'.repeat(70)}${index}`);
      const rows = Array.from({ length: 60 }, (_, row) =>
        header.map((_, column) => `${'値'.repeat(50)}${row}${column}`),
      );
      const ragged = Array.from({ length: 200 }, () => ['short']);
      const fitted = fitResult(analysisOf(header, [...rows, ...ragged]).result());
      expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(MAX_RESULT_BYTES);
      expect(fitted.columnCount).toBe(width);
      expect(fitted.problems.total).toBe(200);
      expect(fitted.columns.length).toBeGreaterThan(10);
      expect(fitted.notes.join(' ')).toMatch(/too large for one event/);
    },
  );

  it('makes the result of a hundred columns of numbers fit', () => {
    const header = Array.from({ length: 100 }, (_, index) => `measure ${index}`);
    const rows = Array.from({ length: 300 }, (_, row) =>
      header.map((_, column) => String(Math.sin(row * 31 + column))),
    );
    const fitted = fitResult(analysisOf(header, rows).result());
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(MAX_RESULT_BYTES);
    expect(fitted.columns).toHaveLength(100);
  });
});
