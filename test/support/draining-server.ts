import { AppProcess } from './app-process.js';
import type { Resources } from './resources.js';
import { TEST_SECRET } from './sign-token.js';

/** A server in a process of its own that ends on SIGTERM as one in a container does. */
export interface DrainingServer {
  readonly app: AppProcess;
  readonly url: string;
  readonly port: number;
}

/** @param env DRAIN_MS, SHUTDOWN_TIMEOUT_MS, FORCE_CLOSE, REDIS_URL, SOCKET_REDIS_CHANNEL */
export async function startDrainingServer(
  resources: Resources,
  env: Record<string, string>,
): Promise<DrainingServer> {
  const app = resources.add(
    await AppProcess.start('draining-server.mjs', { JWT_SECRET: TEST_SECRET, ...env }),
  );
  return { app, url: await app.call<string>('url'), port: await app.call<number>('port') };
}
