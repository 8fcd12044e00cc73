import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer } from './demo-apps.js';

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
    const [completed] = await ada.received('sheet:sync:completed');
    expect(completed).toMatchObject({ importId: body.importId, files: 2, failedFiles: 0, rows: 3378 });
    const names = ada
      .payloads('sheet:sync:file')
      .map((data) => (data as { file: { name: string } }).file.name);
    expect(names).toEqual(['Größe.csv', 'airports.csv']);
    expect(completed).toMatchObject({ role: 'server', pid: process.pid });
    await secondTab.received('sheet:sync:completed');
    expect(secondTab.events.filter(({ name }) => name.startsWith('sheet:'))).toEqual(
      ada.events.filter(({ name }) => name.startsWith('sheet:')),
    );
    expect(grace.events.filter(({ name }) => name.startsWith('sheet:'))).toEqual([]);
    await server.uploadsRemoved();
  });

  it('says what is wrong with files that are no CSV, and goes on', async () => {
    const ada = resources.add(await server.connect('ada'));
    const workbook = Buffer.from('PK\x03\x04 and so on', 'latin1');
    await server.import({ 'empty.csv': '', 'workbook.csv': workbook, 'good.csv': 'a\n1\n' });
    await ada.received('sheet:sync:completed');
    expect(ada.payloads('sheet:sync:failed')).toMatchObject([
      { file: { name: 'empty.csv' }, message: 'This file is empty.' },
      { file: { name: 'workbook.csv' }, message: expect.stringContaining('Excel') as string },
    ]);
    expect(ada.payloads('sheet:sync:file')).toMatchObject([{ file: { name: 'good.csv' } }]);
  });

  it('does one import after the other, in their order', async () => {
    const ada = resources.add(await server.connect('ada'));
    const token = await server.login('ada');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => server.import({}, ['github.csv', 'stocks.csv'], token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    await ada.received('sheet:sync:completed', 5);
    let running: string | undefined;
    for (const { name, args } of ada.events) {
      const { importId } = args[0] as { importId: string };
      if (name === 'sheet:sync:started') {
        expect(running).toBeUndefined();
        running = importId;
      } else if (name === 'sheet:sync:completed') {
        expect(importId).toBe(running);
        running = undefined;
      }
    }
  });

  it('stops in the middle of an import when the server is stopped, and leaves no upload behind', async () => {
    const other = await DemoServer.start();
    const client = resources.add(await other.connect('ada'));
    await other.import({ 'large.csv': `a,b\n${'1,2\n'.repeat(500_000)}` });
    await client.received('sheet:sync:progress');
    const uploads = await other.uploads();
    expect(uploads).toHaveLength(1);
    await other.stop();
    expect(client.payloads('sheet:sync:completed')).toEqual([]);
  });

  it('answers health checks', async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect(await response.json()).toEqual({ status: 'ok', pid: process.pid });
  });

  it('serves the page with a policy that allows its own scripts and nothing else', async () => {
    const response = await fetch(server.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
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
    expect(limits).toEqual({ maxUploadBytes: 512 * 1024 * 1024, maxFiles: 20, mode: 'single-process' });
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
