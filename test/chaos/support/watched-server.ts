import { AppProcess } from '../../support/app-process.js';
import type { Resources } from '../../support/resources.js';
import { TEST_SECRET } from '../../support/sign-token.js';

/** Starts a server that tells what it counts and holds: the calls of fixtures/watched-server.mjs. */
export async function startWatchedServer(
  resources: Resources,
  env: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const fixture = new URL('../fixtures/watched-server.mjs', import.meta.url).href;
  return resources.add(await AppProcess.start(fixture, { JWT_SECRET: TEST_SECRET, ...env }));
}
