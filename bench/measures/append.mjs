const CALLS = 2_000;
const LONG = 10_000;
const BATCH = 64;

/**
 * What an append costs Redis, by its own account: with a short and with a long log, and in batches. The first round warms
 * up and is thrown away.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureAppend(bench) {
  const observer = await bench.startObserver();
  const log = await bench.startRoomLog();
  const perEvent = async (/** @type {{ calls: number, batch: number }} */ load) => {
    const before = await observer.call('microseconds', { command: 'evalsha' });
    await log.call('append', load);
    const after = await observer.call('microseconds', { command: 'evalsha' });
    return (after - before) / (load.calls * load.batch);
  };

  await log.call('append', { room: 'long', calls: LONG / BATCH + 1, batch: BATCH });
  const short = [];
  const long = [];
  const batches = [];
  for (let round = 0; round <= bench.rounds; round++) {
    // Interleaved, so that a slow moment of the machine is everybody's.
    const shortLoad = { room: `short ${round}`, calls: CALLS, batch: 1, callsPerRoom: 10 };
    const ofRound = [
      await perEvent(shortLoad),
      await perEvent({ room: 'long', calls: CALLS, batch: 1 }),
      await perEvent({ room: 'batches', calls: CALLS / 20, batch: BATCH }),
    ];
    if (round === 0) continue;
    short.push(ofRound[0]);
    long.push(ofRound[1]);
    batches.push(ofRound[2]);
  }
  const ratio = long.map((value, round) => value / short[round]);
  const unit = 'µs';
  return [
    { name: "Redis' time per append, 10 entries", unit, values: { durable: short } },
    {
      name: `the same, ${LONG.toLocaleString('en')} entries`,
      unit,
      values: { durable: long },
    },
    {
      name: 'the ratio of the two',
      unit: '',
      values: { durable: ratio },
      targets: { durable: { atMost: 1.1 } },
    },
    { name: `Redis' time per event, batches of ${BATCH}`, unit, values: { durable: batches } },
  ];
}
