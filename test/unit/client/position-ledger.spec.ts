import { PositionLedger } from '../../../src/client/position-ledger.js';

describe('A ledger of positions', () => {
  it('has the last position before which nothing is open, in whatever order marks are closed', () => {
    const ledger = new PositionLedger('start');
    const [one, two, three] = ['1', '2', '3'].map((position) => ledger.open(position));
    if (!one || !two || !three) throw new Error('unreachable');
    const seen = [two, one, three].map((mark) => {
      ledger.close(mark);
      return ledger.position;
    });
    expect(seen).toEqual(['start', '2', '3']);
  });

  it('is the same however many have been closed behind one that is open', () => {
    for (let count = 1; count < 500; count++) {
      const ledger = new PositionLedger('start');
      const first = ledger.open('first');
      for (let n = 1; n <= count; n++) ledger.close(ledger.open(`${n}`));
      ledger.open('open');
      expect(ledger.position).toBe('start');
      ledger.close(first);
      expect(ledger.position).toBe(`${count}`);
    }
  });

  it('gives up what is open before a gap, for good', () => {
    const ledger = new PositionLedger('start');
    const before = ledger.open('before');
    ledger.closeOver(ledger.open('gap'));
    expect(ledger.position).toBe('gap');
    ledger.close(before);
    expect(ledger.position).toBe('gap');
  });
});
