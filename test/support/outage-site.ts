import type { AppProcess } from './app-process.js';
import type { TestClient } from './connect-client.js';
import { startServer, startWorker, type ServerProcess } from './gateway-processes.js';
import type { Resources } from './resources.js';

/** What has an outage of Redis: a worker, and two servers with a user each. */
export interface OutageSite {
  serverA: ServerProcess;
  serverB: ServerProcess;
  worker: AppProcess;
  /** At server A. */
  ann: TestClient;
  /** At server B. */
  bob: TestClient;
}

/** @param env of all three */
export async function startOutageSite(
  resources: Resources,
  env: Record<string, string>,
): Promise<OutageSite> {
  const [serverA, serverB, worker] = await Promise.all([
    startServer(resources, env),
    startServer(resources, env),
    startWorker(resources, env),
  ]);
  const ann = await serverA.connect('ann');
  return { serverA, serverB, worker, ann, bob: await serverB.connect('bob') };
}

/**
 * Starts the jobs that emit meanwhile, each a live and a durable one: of the worker for ann, of server A for bob. They go on;
 * resolves when both users hear of all of them.
 *
 * @param durablePauseMs between two durable emits: all of them must fit into one room's log, where what is missed is read
 */
export async function startJobs(
  { serverA, worker, ann, bob }: OutageSite,
  durablePauseMs: number,
): Promise<void> {
  for (const [delivery, pauseMs] of [
    ['live', 2],
    ['durable', durablePauseMs],
  ] as const) {
    await Promise.all([
      worker.call('startJob', delivery, 'ann', pauseMs),
      serverA.app.call('startJob', delivery, 'bob', pauseMs),
    ]);
    await Promise.all([ann.received(`${delivery}:step`, 20), bob.received(`${delivery}:step`, 20)]);
  }
}

/** Expects that no process has crashed, and that no promise was left unhandled. */
export function expectUnharmed(...apps: readonly AppProcess[]): void {
  for (const app of apps) {
    expect(app.isRunning).toBe(true);
    expect(app.output).not.toMatch(/unhandled|MaxListenersExceeded/i);
  }
}
