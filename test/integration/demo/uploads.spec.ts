import { request } from 'node:http';
import { receivedOf } from '../../support/demo/job-messages.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer } from './demo-apps.js';

const resources = new Resources();
let server: DemoServer;
beforeAll(async () => {
  server = resources.add(await DemoServer.start({ MAX_UPLOAD_BYTES: '100000' }));
});
afterEach(() => server.uploadsRemoved());
afterAll(() => resources.stop());

const BOUNDARY = 'the-boundary';

/** The beginning of a multipart body that uploads one file. */
function fileHead(name: string): string {
  const disposition = `content-disposition: form-data; name="files"; filename="${name}"`;
  return `--${BOUNDARY}\r\n${disposition}\r\ncontent-type: text/csv\r\n\r\n`;
}

async function headers(): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await server.login()}`,
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  };
}

describe('uploading', () => {
  it('refuses who has not logged in', async () => {
    const answer = await server.import({ 'a.csv': 'a\n1\n' }, [], 'no token');
    expect(answer).toMatchObject({ status: 401, body: { message: expect.any(String) as string } });
    expect((await server.post(new FormData(), {})).status).toBe(401);
  });

  it('refuses a file that is not named as a CSV', async () => {
    const answer = await server.import({ 'good.csv': 'a\n1\n', 'photo.png': 'x' });
    expect(answer).toMatchObject({
      status: 415,
      body: { message: '“photo.png” is not a CSV file: its name does not end with .csv.' },
    });
  });

  it('refuses an upload that announces itself as too large', async () => {
    const answer = await server.import({ 'a.csv': 'x'.repeat(200_000) });
    expect(answer).toMatchObject({
      status: 413,
      body: { message: 'The files are too large: at most 100000 bytes can be uploaded at once.' },
    });
  });

  it('refuses files that are too large together, though each is not', async () => {
    const answer = await server.import({ 'a.csv': 'x'.repeat(60_000), 'b.csv': 'x'.repeat(60_000) });
    expect(answer.status).toBe(413);
  });

  it('refuses an upload that turns out to be too large on the way', async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(fileHead('a.csv'));
      for (let index = 0; index < 20; index++) yield Buffer.alloc(10_000, 'x');
      yield await Promise.resolve(Buffer.from(`\r\n--${BOUNDARY}--\r\n`));
    }
    const answer = await server.post(ReadableStream.from(body()), await headers());
    expect(answer.status).toBe(413);
  });

  it('refuses an import of nothing, of unknown samples and of too many files', async () => {
    expect(await server.import({})).toMatchObject({
      status: 400,
      body: { message: 'Choose at least one file.' },
    });
    expect(await server.import({}, ['../../package.json'])).toMatchObject({
      status: 400,
      body: { message: 'There is no sample named “../../package.json”.' },
    });
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`${index}.csv`, 'a\n1\n']));
    expect((await server.import(many)).status).toBe(400);
  });

  it('removes what it has received when the browser goes away in the middle', async () => {
    const sending = request(`${server.url}/api/imports`, { method: 'POST', headers: await headers() });
    sending.on('error', () => undefined);
    sending.write(fileHead('a.csv') + 'a,b\n'.repeat(1000));
    await waitFor('the upload to begin', async () => (await server.uploads()).length === 1);
    sending.destroy();
    await server.uploadsRemoved();
  });

  it('keeps no path that a file name contains', async () => {
    const ada = resources.add(await server.connect());
    const { status } = await server.import({ '../../etc/evil.csv': 'a\n1\n' });
    expect(status).toBe(202);
    expect(await receivedOf(ada, 'file_completed')).toMatchObject([{ file: 'evil.csv' }]);
  });
});
