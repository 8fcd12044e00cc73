import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobMessage } from 'nestjs-socket-gateway/jobs';
import { messagesOf, receivedOf } from '../../support/demo/job-messages.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer } from './demo-apps.js';

const isAboutImports = ({ name }: { name: string }): boolean => /^(?:sheet:|gateway:job)/.test(name);

const resources = new Resources();
let server: DemoServer;
beforeAll(async () => {
  server = resources.add(await DemoServer.start());
});
afterAll(() => resources.stop());

describe('the demo without Redis', () => {
  it('imports samples and uploads in the server, tells the user, and removes what was uploaded', async () => {
    const ada = resources.add(await server.connect('ada'));
    const secondTab = resources.add(await server.connect('ada'));
    const grace = resources.add(await server.connect('grace'));
    const { status, body } = await server.import({ 'Größe.csv': 'a,b\n1,2\n3,4\n' }, ['airports.csv']);
    expect(status).toBe(202);
    const [completed] = await receivedOf(ada, 'job_completed');
    expect(completed).toMatchObject({
      jobId: body.importId,
      result: { files: 2, failedFiles: 0, rows: 3378 },
    });
    expect(messagesOf(ada, 'file_completed')).toMatchObject([
      { file: 'Größe.csv', result: { by: { role: 'server', pid: process.pid } } },
      { file: 'airports.csv' },
    ]);
    await secondTab.received('sheet:sync:ended');
    await ada.received('sheet:sync:ended');
    expect(secondTab.events.filter(isAboutImports)).toEqual(ada.events.filter(isAboutImports));
    expect(grace.events.filter(isAboutImports)).toEqual([]);
    await server.uploadsRemoved();
  });

  it('says what is wrong with files that are no CSV, and goes on', async () => {
    const ada = resources.add(await server.connect('ada'));
    const workbook = Buffer.from('PK\x03\x04 and so on', 'latin1');
    await server.import({ 'empty.csv': '', 'workbook.csv': workbook, 'good.csv': 'a\n1\n' });
    await receivedOf(ada, 'job_completed');
    expect(messagesOf(ada, 'error')).toMatchObject([
      { file: 'empty.csv', error: { message: 'This file is empty.' } },
      { file: 'workbook.csv', error: { message: expect.stringContaining('Excel') as string } },
    ]);
    expect(messagesOf(ada, 'file_completed')).toMatchObject([{ file: 'good.csv' }]);
  });

  it('does one import after the other, in their order', async () => {
    const ada = resources.add(await server.connect('ada'));
    const token = await server.login('ada');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => server.import({}, ['github.csv', 'stocks.csv'], token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    await receivedOf(ada, 'job_completed', 5);
    let running: string | undefined;
    for (const { type, jobId } of ada.payloads('gateway:job') as JobMessage[]) {
      if (type === 'job_started') {
        expect(running).toBeUndefined();
        running = jobId;
      } else if (type === 'job_completed') {
        expect(jobId).toBe(running);
        running = undefined;
      }
    }
  });

  it('does a failed import again for its user only, when it is asked to, from what was uploaded', async () => {
    const ada = resources.add(await server.connect('ada'));
    const token = await server.login('ada');
    const { body } = await server.import({ 'empty.csv': '' }, [], token);
    await receivedOf(ada, 'job_failed');
    await ada.received('sheet:sync:ended');
    expect(await server.uploads()).toEqual([body.importId]);
    expect(await server.retry(body.importId, await server.login('grace'))).toBe(404);
    expect(await server.retry('00000000-0000-4000-8000-000000000000', token)).toBe(404);
    expect(await server.retry('no-id', token)).toBe(400);
    expect(await server.retry(body.importId, 'no token')).toBe(401);

    const repaired = join(server.config.uploadDir, body.importId as string, '1.csv');
    await writeFile(repaired, 'a\n1\n');
    expect(await server.retry(body.importId, token)).toBe(202);
    expect(await receivedOf(ada, 'job_completed')).toMatchObject([{ result: { rows: 1 } }]);
    await server.uploadsRemoved();
    expect(await server.retry(body.importId, token)).toBe(404);
    expect(ada.payloads('sheet:sync:queued')).toMatchObject([{ round: 0 }, { round: 1 }]);
  });

  it('stops in the middle of an import when the server is stopped, and leaves no upload behind', async () => {
    const other = await DemoServer.start();
    const client = resources.add(await other.connect('ada'));
    await other.import({ 'large.csv': `a,b\n${'1,2\n'.repeat(500_000)}` });
    await receivedOf(client, 'job_progress');
    const uploads = await other.uploads();
    expect(uploads).toHaveLength(1);
    await other.stop();
    expect(messagesOf(client, 'job_completed')).toEqual([]);
  });

  it('answers health checks', async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect(await response.json()).toEqual({ status: 'ok', pid: process.pid });
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'up', details: { redis: 'none', draining: false } });
  });

  it('shows its metrics', async () => {
    resources.add(await server.connect('ada'));
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toMatch(/^socket_gateway_handshakes_total\{result="accepted"\} [1-9]/m);
  });

  it('serves the page with a policy that allows its own scripts and nothing else', async () => {
    const response = await fetch(server.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toMatch(/script-src 'self'( 'sha256-[^']+')+;/);
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const html = await response.text();
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=/);
    for (const path of ['/app.js', '/style.css', '/vendor/socket.io-client.js']) {
      expect((await fetch(server.url + path)).status).toBe(200);
    }
  });

  it('serves nothing but modules where the page finds the client of the library', async () => {
    const at = `${server.url}/vendor/nestjs-socket-gateway/client`;
    for (const name of ['index.d.ts', 'index.js.map', '..%2fserver%2findex.js', 'nothing.js']) {
      expect((await fetch(`${at}/${name}`)).status).toBe(404);
    }
  });

  it('tells the page what can be imported', async () => {
    const samples = (await (await fetch(`${server.url}/api/samples`)).json()) as { samples: object[] };
    expect(samples.samples).toContainEqual({ name: 'airports.csv', bytes: 210_365 });
    const limits: unknown = await (await fetch(`${server.url}/api/limits`)).json();
    expect(limits).toEqual({ maxUploadBytes: 512 * 1024 * 1024, maxFiles: 30, mode: 'single-process' });
  });

  it('logs nobody in who is not a demo user', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"user":"eve"}', '{}', '{"user":["ada"]}']) {
      const response = await fetch(`${server.url}/api/login`, { method: 'POST', headers, body });
      expect(response.status).toBe(401);
    }
  });

  it('has a token that connects a socket and expires', async () => {
    const [, claims] = (await server.login('grace')).split('.');
    const { sub, exp } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()) as {
      sub: string;
      exp: number;
    };
    expect(sub).toBe('grace');
    expect(exp).toBeGreaterThan(Date.now() / 1000);
    const client = resources.add(await server.connect('grace'));
    await waitFor('the connection', () => client.socket.connected);
  });
});
