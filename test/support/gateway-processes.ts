import type { EmitResult } from 'nestjs-socket-gateway/contract';
import { AppProcess } from './app-process.js';
import { connectClient, type TestClient } from './connect-client.js';
import type { Resources } from './resources.js';
import { TEST_SECRET } from './sign-token.js';

/** A result as it comes from another process: an error cannot travel whole. */
export type SentResult =
  Exclude<EmitResult, { status: 'failed' }> | { status: 'failed'; code: string; retryable: boolean };

/** How long an emit of these processes may take. */
export const EMIT_TIMEOUT_MS = 1000;

/** How late a timer of theirs may fire on a machine that they share with others. */
export const LATENESS_MS = 2000;

/** A server in a process of its own, with what the tests ask of it. */
export interface ServerProcess {
  app: AppProcess;
  url: string;
  connect(userId: string): Promise<TestClient>;
}

/** @param env REDIS_URL, SOCKET_REDIS_CHANNEL, SOCKET_NAMESPACE */
export async function startServer(resources: Resources, env: Record<string, string>): Promise<ServerProcess> {
  const app = resources.add(
    await AppProcess.start('server.mjs', {
      JWT_SECRET: TEST_SECRET,
      EMIT_TIMEOUT_MS: String(EMIT_TIMEOUT_MS),
      ...env,
    }),
  );
  const url = await app.call<string>('url');
  return { app, url, connect: async (userId) => resources.add(await connectClient(url, userId)) };
}

/** A worker in a process of its own. */
export async function startWorker(resources: Resources, env: Record<string, string>): Promise<AppProcess> {
  return resources.add(
    await AppProcess.start('worker.mjs', { EMIT_TIMEOUT_MS: String(EMIT_TIMEOUT_MS), ...env }),
  );
}
