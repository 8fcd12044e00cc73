import { Writable } from 'node:stream';
import { Logger, LoggerModule } from 'nestjs-pino';
import { SocketGatewayModule, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp } from '../../support/gateway-app.js';
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

/** What an application with the logger of nestjs-pino writes when it refuses a client. */
async function refusal(options: Partial<SocketGatewayOptions>): Promise<Line> {
  lines = [];
  const server = resources.add(
    await startGatewayApp({
      gateway: SocketGatewayModule.forRoot({ redis: '', auth: AUTH, drainMs: 0, ...options }),
      metadata: { imports: [LoggerModule.forRoot({ pinoHttp: { stream } as never })] },
      prepare: (app) => app.useLogger(app.get(Logger)),
    }),
  );
  await resources.add(new TestClient(server.url, { auth: { token: 'nonsense' } })).refused();
  return waitFor('a line', () => lines.find((line) => JSON.stringify(line).includes('TOKEN_INVALID')));
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
});
