import { BeatCounter } from '../../../../src/demo/web/operations/beat-counter.js';

const taking = (...numbers: number[]): BeatCounter => {
  const counter = new BeatCounter();
  for (const number of numbers) counter.take({ run: 'a', number });
  return counter;
};

describe('BeatCounter', () => {
  it('counts from the first that came, and what is still on its way', () => {
    const counter = taking(7, 8, 9);
    const sender = { run: 'a', sent: 12 };
    expect(counter.sent(sender)).toBe(6);
    expect(counter.received).toBe(3);
    expect(counter.underway(sender)).toBe(3);
    expect(counter.missing).toBe(0);
  });

  it('has nothing on its way when an event was faster than the word that it was sent', () => {
    expect(taking(1, 2, 3).underway({ run: 'a', sent: 2 })).toBe(0);
  });

  it('finds what is missing, by what comes after it', () => {
    const counter = taking(1, 2, 5);
    expect(counter.missing).toBe(2);
    expect(counter.underway({ run: 'a', sent: 6 })).toBe(1);
  });

  it('finds what comes again, and what comes late', () => {
    expect(taking(1, 2, 2, 1)).toMatchObject({ received: 2, repeated: 2, missing: 0 });
    expect(taking(1, 3, 2, 2)).toMatchObject({ received: 3, swapped: 1, repeated: 1, missing: 0 });
  });

  it('counts anew when another process begins', () => {
    const counter = taking(1, 2, 5);
    counter.take({ run: 'b', number: 1 });
    expect(counter).toMatchObject({ received: 1, missing: 0, repeated: 0 });
    expect(counter.sent({ run: 'b', sent: 3 })).toBe(3);
  });
});
