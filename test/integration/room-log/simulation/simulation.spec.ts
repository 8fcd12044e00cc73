import { Redis } from 'ioredis';
import { startOwnRoomLog, type OwnRoomLog } from '../../../support/room-log/own-room-log.js';
import { Simulation, type SimulationCounts, type SimulationEnvironment } from './simulation.js';

const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 300);
const SEED = Number(process.env['SIMULATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

// SIMULATION_RUNS=5000 SIMULATION_SEED=1 npm test -- test/integration/room-log/simulation
describe('the durable protocol, in random sequences with faults', () => {
  let own: OwnRoomLog;
  let environment: SimulationEnvironment;

  beforeAll(async () => {
    own = await startOwnRoomLog();
    environment = { ...own, subscriber: new Redis(own.url) };
  });
  afterAll(async () => {
    environment.subscriber.disconnect();
    await own.stop();
  });

  it(
    `gives each receiver every event once, in order, or announces what is missing (${RUNS} runs from seed ${SEED})`,
    async () => {
      const total: SimulationCounts = { appends: 0, forgotten: 0, gaps: 0, deliveries: 0, faults: 0 };
      for (let run = 0; run < RUNS; run++) {
        const simulation = new Simulation(environment, SEED + run);
        try {
          await simulation.run();
        } catch (cause) {
          if (RUNS === 1) console.log(simulation.story.join('\n'));
          throw new Error(`SIMULATION_SEED=${SEED + run} SIMULATION_RUNS=1: ${String(cause)}`, { cause });
        }
        for (const name of Object.keys(total) as (keyof SimulationCounts)[])
          total[name] += simulation.counts[name];
      }
      // A simulation in which nothing goes wrong shows nothing.
      for (const count of Object.values(total)) expect(count).toBeGreaterThan(RUNS / 10);
      if (process.env['SIMULATION_RUNS'] !== undefined) console.log(JSON.stringify(total));
    },
    60_000 + RUNS * 500,
  );
});
