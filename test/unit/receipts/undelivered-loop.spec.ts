import type { UndeliveredEvent } from '../../../src/contract/index.js';
import { CauseLog } from '../../../src/logging/index.js';
import { MemoryReceiptRegister, UndeliveredHandlers } from '../../../src/receipts/index.js';
import { createEmitterId, DEFAULT_ROOM_LOG_LIMITS, MemoryRoomLog } from '../../../src/room-log/index.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { waitFor } from '../../support/wait-for.js';

const ROOM = 'user:ada';

describe('events whose emitter has not said what came of their append', () => {
  const emitter = createEmitterId();
  let now: number;
  let register: MemoryReceiptRegister;
  let log: MemoryRoomLog;
  let metrics: RecordedMetrics;
  let handlers: UndeliveredHandlers;
  let handled: UndeliveredEvent[];

  beforeEach(() => {
    now = Date.now();
    register = new MemoryReceiptRegister({ maxFallbacks: 10, keepMs: 3_600_000 }, () => now);
    log = new MemoryRoomLog({ limits: DEFAULT_ROOM_LOG_LIMITS, publish: () => 0 });
    metrics = new RecordedMetrics();
    const causes = new CauseLog(new RecordingLogger());
    handlers = new UndeliveredHandlers({ register, log, causes, metrics });
    handled = [];
  });
  afterEach(async () => {
    await handlers.close(0);
    log.close();
  });

  const add = (seq: number): Promise<void> => {
    const events = [{ seq, data: `"note",${seq}`, wish: { afterMs: 1 } }];
    return register.register({ room: ROOM, emitter, events, isRetry: false });
  };
  const append = (seq: number): Promise<unknown> =>
    log.append({
      room: ROOM,
      emitter,
      events: [{ kind: 'durable', seq, data: `"note",${seq}`, receipt: {} }],
      firstSentAt: performance.now(),
      isRetry: false,
    });

  it('are handled when they are in the log, with their id', async () => {
    await add(1);
    await append(1);
    await append(2);
    now += 10;
    handlers.on((event: UndeliveredEvent) => void handled.push(event));
    await waitFor('it is handled', () => handled.length > 0);
    const look = await log.newest(ROOM, 2);
    expect(handled).toMatchObject([
      { data: 1, attempt: 1, id: look.verdict === 'chain' && look.events[0]?.token },
    ]);
  });

  it('are waited for while they may still be appended', async () => {
    await add(2);
    now += 10;
    handlers.on((event: UndeliveredEvent) => void handled.push(event));
    await add(1);
    await append(1);
    now += 1000;
    await waitFor('another one is handled', () => handled.length > 0);
    await append(2);
    now += 10_000;
    await waitFor('it is handled', () => handled.length > 1);
    expect(handled).toMatchObject([
      { data: 1, attempt: 1 },
      { data: 2, attempt: 1 },
    ]);
  });

  it('are dropped when they never were, and counted', async () => {
    await add(1);
    now += 61_000;
    handlers.on((event: UndeliveredEvent) => void handled.push(event));
    await waitFor('it is dropped', () => metrics.count('fallbacks_total', { result: 'dropped' }) === 1);
    now += 600_000;
    expect((await register.take({ holder: 'x', limit: 1, leaseMs: 1 })).events).toEqual([]);
    expect(handled).toEqual([]);
  });
});

describe('an event whose process dies each time', () => {
  it('is parked after as many attempts as there may be', async () => {
    const emitter = createEmitterId();
    const register = new MemoryReceiptRegister({ maxFallbacks: 10, keepMs: 3_600_000 });
    const metrics = new RecordedMetrics();
    const causes = new CauseLog(new RecordingLogger());
    const log = { newest: () => Promise.reject(new Error('is not asked')) };
    const events = [{ seq: 1, data: '"note",1', wish: { afterMs: 1 } }];
    await register.register({ room: ROOM, emitter, events, isRetry: false });
    await register.settle(emitter, 1, `1700000000000-0.${emitter}1.00000000_c`);
    for (const attempt of [1, 2]) {
      const taken = await waitFor('it is due', async () => {
        return (await register.take({ holder: 'dying', limit: 1, leaseMs: 1 })).events[0];
      });
      expect(taken.attempt).toBe(attempt);
    }
    const handlers = new UndeliveredHandlers({ register, log, causes, metrics });
    let callCount = 0;
    handlers.on(() => callCount++, { attempts: 2 });
    await waitFor('it is parked', () => metrics.count('fallbacks_total', { result: 'parked' }) === 1);
    expect(callCount).toBe(0);
    expect(register.parked.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { room: ROOM, data: '"note",1', attempt: 3 },
    ]);
    await handlers.close(0);
    causes.close();
  });
});

describe('the end of a process', () => {
  it('waits for a handler that is at work, but not for longer than it is told', async () => {
    const emitter = createEmitterId();
    const register = new MemoryReceiptRegister({ maxFallbacks: 10, keepMs: 3_600_000 });
    const causes = new CauseLog(new RecordingLogger());
    const log = { newest: () => Promise.reject(new Error('is not asked')) };
    const handlers = new UndeliveredHandlers({ register, log, causes, metrics: new RecordedMetrics() });
    const events = [{ seq: 1, data: '"note",1', wish: { afterMs: 1 } }];
    await register.register({ room: ROOM, emitter, events, isRetry: false });
    await register.settle(emitter, 1, `1700000000000-0.${emitter}1.00000000_c`);
    let hasBegun = false;
    handlers.on(() => {
      hasBegun = true;
      return new Promise(() => undefined);
    });
    await waitFor('it has begun', () => hasBegun);
    await handlers.close(50);
    // It is left to others, whose turn it is when the lease ends.
    expect((await register.take({ holder: 'x', limit: 1, leaseMs: 1 })).events).toEqual([]);
    causes.close();
  });
});
