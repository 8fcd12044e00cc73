import { MemoryReceiptRegister } from '../../../src/receipts/index.js';
import { describeReceiptRegister } from './receipt-register.contract.js';

describe('the register of receipts in memory', () => {
  describeReceiptRegister((limits) => {
    const register = new MemoryReceiptRegister(limits);
    return Promise.resolve({
      register,
      parked: () => Promise.resolve(register.parked),
      stop: () => Promise.resolve(),
    });
  });
});
