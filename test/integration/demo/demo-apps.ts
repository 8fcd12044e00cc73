import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createServer } from '../../../src/demo/server/create-server.js';
import { readDemoConfig, type DemoConfig } from '../../../src/demo/settings/index.js';
import { WorkerModule } from '../../../src/demo/worker/worker.module.js';
import { TestClient } from '../../support/connect-client.js';
import { waitFor } from '../../support/wait-for.js';

Logger.overrideLogger(false);

/** The answer to a request, with the time that it took. */
export interface Answer {
  status: number;
  body: { message?: string; importId?: string };
  ms: number;
}

/** The demo's server in this process, with an upload folder of its own. */
export class DemoServer {
  private constructor(
    readonly config: DemoConfig,
    readonly url: string,
    private readonly app: NestExpressApplication,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<DemoServer> {
    const uploadDir = await mkdtemp(join(tmpdir(), 'demo-uploads-'));
    const config = readDemoConfig({ JWT_SECRET: 'secret of the tests', UPLOAD_DIR: uploadDir, ...env });
    const app = await createServer(config);
    await app.listen(0, '127.0.0.1');
    return new DemoServer(config, (await app.getUrl()).replace('[::1]', '127.0.0.1'), app);
  }

  async login(user = 'ada'): Promise<string> {
    const response = await fetch(`${this.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user }),
    });
    return ((await response.json()) as { token: string }).token;
  }

  /** Connects a user's browser; it keeps all events. */
  async connect(user = 'ada'): Promise<TestClient> {
    const client = new TestClient(this.url, { auth: { token: await this.login(user) } });
    await client.received('gateway:ready');
    return client;
  }

  /** Asks for an import of files (name -> content) and samples. */
  async import(
    files: Record<string, string | Buffer>,
    samples: readonly string[] = [],
    token?: string,
  ): Promise<Answer> {
    const form = new FormData();
    for (const sample of samples) form.append('samples', sample);
    for (const [name, content] of Object.entries(files)) {
      form.append('files', new Blob([new Uint8Array(Buffer.from(content))]), name);
    }
    return this.post(form, { authorization: `Bearer ${token ?? (await this.login())}` });
  }

  async post(body: RequestInit['body'], headers: Record<string, string>): Promise<Answer> {
    const begin = performance.now();
    const init = { method: 'POST', headers, body: body ?? null, duplex: 'half' };
    const response = await fetch(`${this.url}/api/imports`, init as RequestInit);
    const answer = (await response.json()) as Answer['body'];
    return { status: response.status, body: answer, ms: performance.now() - begin };
  }

  /** Asks for an import that has failed to be done again; returns the status of the answer. */
  async retry(importId: string | undefined, token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${this.url}/api/imports/${importId}/retry`, { method: 'POST', headers })).status;
  }

  /** What is in the upload folder. */
  uploads(): Promise<string[]> {
    return readdir(this.config.uploadDir).catch(() => []);
  }

  /** Resolves when nothing is left in the upload folder. */
  async uploadsRemoved(): Promise<void> {
    await waitFor('the uploads to be removed', async () => (await this.uploads()).length === 0);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.config.uploadDir, { recursive: true, force: true });
  }
}

/** The demo's worker in this process, for the server's uploads. */
export class DemoWorker {
  private constructor(private readonly app: INestApplicationContext) {}

  static async start(config: DemoConfig): Promise<DemoWorker> {
    return new DemoWorker(await NestFactory.createApplicationContext(WorkerModule.register(config)));
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
