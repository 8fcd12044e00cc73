import { CauseLog } from '../../../src/logging/index.js';
import { DeliveryWatch, MemoryReceiptRegister } from '../../../src/receipts/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { waitFor } from '../../support/wait-for.js';

const LIMITS = { maxFallbacks: 10, keepMs: 1000 };

/** A register of which the test says what it answers. */
class AnsweringRegister extends MemoryReceiptRegister {
  readonly asked: { seqs: readonly number[]; forget: readonly number[] }[] = [];

  constructor(readonly answer: (seqs: readonly number[]) => Promise<boolean[]>) {
    super(LIMITS);
  }

  override acknowledged(_: string, seqs: readonly number[], forget: readonly number[]): Promise<boolean[]> {
    this.asked.push({ seqs, forget });
    return this.answer(seqs);
  }
}

const watch = (register: MemoryReceiptRegister): DeliveryWatch =>
  new DeliveryWatch(register, new CauseLog(new RecordingLogger()));

describe('waiting for an acknowledgement', () => {
  it('ends at its limit when the register does not answer', async () => {
    const silent = watch(new AnsweringRegister(() => new Promise(() => undefined)));
    expect(await silent.wait('emitter_', 1, 10, 100)).toBe(false);
    silent.close();
  });

  it('goes on when the register fails, until the time is over', async () => {
    const failing = new AnsweringRegister(() => Promise.reject(new Error('is away')));
    const failed = watch(failing);
    expect(await failed.wait('emitter_', 1, 200, 60_000)).toBe(false);
    expect(failing.asked.length).toBeGreaterThan(1);
    failed.close();

    let callCount = 0;
    const recovering = watch(
      new AnsweringRegister(() =>
        ++callCount < 3 ? Promise.reject(new Error('is away')) : Promise.resolve([true]),
      ),
    );
    expect(await recovering.wait('emitter_', 1, 60_000, 60_000)).toBe(true);
    recovering.close();
  });

  it('asks once for all who wait, and has forgotten what nobody waits for', async () => {
    const register = new AnsweringRegister((seqs) => Promise.resolve(seqs.map((seq) => seq <= 2)));
    const one = watch(register);
    const results = await Promise.all([1, 2, 3].map((seq) => one.wait('emitter_', seq, 100, 60_000)));
    expect(results).toEqual([true, true, false]);
    expect(register.asked[0]?.seqs).toEqual([1, 2, 3]);
    const forgotten = (): number[] => register.asked.flatMap(({ forget }) => forget);
    await waitFor('all are forgotten', () => forgotten().length >= 3);
    expect(forgotten().sort()).toEqual([1, 2, 3]);
    one.close();
  });

  it('ends with its process', async () => {
    const closing = watch(new AnsweringRegister((seqs) => Promise.resolve(seqs.map(() => false))));
    const waiting = closing.wait('emitter_', 1, 60_000, 60_000);
    closing.close();
    expect(await waiting).toBe(false);
    expect(await closing.wait('emitter_', 2, 60_000, 60_000)).toBe(false);
  });
});
