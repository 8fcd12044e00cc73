import { Writable } from 'node:stream';
import { Logger, LoggerModule } from 'nestjs-pino';
import { SocketGatewayModule, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import { startWorkerApplication } from '../../support/applications.js';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

let resources: Resources;
beforeEach(() => (resources = new Resources()));
afterEach(() => resources.stop());

type Line = Record<string, unknown>;

// One for all applications of a process: nestjs-pino writes what no request has caused to where the first one wrote.
let lines: Line[] = [];
const stream = new Writable({
  write: (chunk: Buffer, _encoding, done) => {
    for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line) as Line);
    done();
  },
});

const withPino = (): ReturnType<typeof LoggerModule.forRoot> =>
  LoggerModule.forRoot({ pinoHttp: { stream } as never });

/** An application with the logger of nestjs-pino. */
async function start(options: Partial<SocketGatewayOptions>): Promise<GatewayApp> {
  lines = [];
  return resources.add(
    await startGatewayApp({
      gateway: SocketGatewayModule.forRoot({ redis: '', auth: AUTH, drainMs: 0, ...options }),
      metadata: { imports: [withPino()] },
      prepare: (app) => app.useLogger(app.get(Logger)),
    }),
  );
}

const lineWith = (text: string): Promise<Line> =>
  waitFor(`a line with ${text}`, () => lines.find((line) => JSON.stringify(line).includes(text)));

/** What it writes when it refuses a client. */
async function refusal(options: Partial<SocketGatewayOptions>): Promise<Line> {
  const server = await start(options);
  await resources.add(new TestClient(server.url, { auth: { token: 'nonsense' } })).refused();
  return lineWith('TOKEN_INVALID');
}

describe("The library's lines with nestjs-pino", () => {
  it('are JSON with level, context and text', async () => {
    expect(await refusal({})).toMatchObject({
      level: 40,
      context: 'SocketGateway',
      msg: expect.stringContaining('A connection was refused with TOKEN_INVALID') as string,
    });
  });

  it("have their cause as a field with logFormat 'fields'", async () => {
    expect(await refusal({ logFormat: 'fields' })).toMatchObject({
      level: 40,
      context: 'SocketGateway',
      cause: 'refused:TOKEN_INVALID',
      message: expect.stringContaining('A connection was refused with TOKEN_INVALID') as string,
    });
  });

  it('are one for a cause and period, with a field for how many they stand for', async () => {
    const server = await start({ logFormat: 'fields' });
    for (let count = 0; count < 4; count++)
      await resources.add(new TestClient(server.url, { auth: { token: 'nonsense' } })).refused();
    const refusals = (): Line[] => lines.filter(({ cause }) => cause === 'refused:TOKEN_INVALID');
    expect(refusals()).toHaveLength(1);
    expect(refusals()[0]).not.toHaveProperty('repeats');
    await server.app.close();
    expect(refusals()).toHaveLength(2);
    expect(refusals()[1]).toMatchObject({ level: 40, repeats: 3 });
  });

  it('have the context and fields of a worker', async () => {
    lines = [];
    const options = { redis: '', logFormat: 'fields' as const };
    const { app, emitter } = await startWorkerApplication(resources, options, { imports: [withPino()] });
    app.useLogger(app.get(Logger));
    await emitter.emitToUser('ann', 'event', 1n);
    expect(await lineWith('INVALID_EVENT')).toMatchObject({
      level: 40,
      context: 'WorkerGateway',
      cause: 'emit:INVALID_EVENT',
    });
  });
});
