import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { compile, READ_TIMEOUT_MS, readDeclarations } from '../support/compile.js';

/** A browser's project: no types of Node, none of Nest, and every declaration file that is read is checked. */
const WEB: ts.CompilerOptions = {
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
};

const CONTRACT = `
  import type {
    ControlMessages, EventMeta, EventPayload, GatewayEvents, RefusalData, Reply,
  } from 'nestjs-socket-gateway/contract';
  import { isGatewayError } from 'nestjs-socket-gateway/contract';
  declare module 'nestjs-socket-gateway/contract' {
    interface GatewayEvents { 'import:done': { rows: number } }
  }

  type Handlers = { [Name in keyof GatewayEvents]: (data: GatewayEvents[Name], meta?: EventMeta) => void };
  export const handlers: Handlers = { 'import:done': ({ rows }) => console.log(rows.toFixed()) };
  // @ts-expect-error rows is a number
  export const wrong: EventPayload<GatewayEvents, 'import:done'> = { rows: 'x' };
  export function onReady({ userId, rooms }: ControlMessages['gateway:ready']): string {
    const refused = rooms.flatMap((one) => (one.ok ? [] : [one.code]));
    return [userId, ...refused].join();
  }
  export const mayRetry = (data: RefusalData): boolean => data.code === 'AUTH_UNAVAILABLE';
  export const joined = (reply: Reply): string => (reply.ok ? reply.room : reply.code);
  export const code = (error: unknown): string => (isGatewayError(error) ? error.code : '');
  document.title = code(undefined);
`;

const CLIENT = `
  import { connectGateway, GatewayClientError, type GatewayClient } from 'nestjs-socket-gateway/client';
  declare module 'nestjs-socket-gateway/contract' {
    interface GatewayEvents { 'import:done': { rows: number }; 'import:failed': { reason: string } }
  }

  const gateway = connectGateway(location.origin, {
    token: async () => (await fetch('/token')).text(), rooms: ['news'], rewind: 'all', storage: sessionStorage,
    socketOptions: { transports: ['websocket'] },
    onError: (error) => console.warn(error.code, error.room),
  });
  const off: () => void = gateway.on('import:done', async ({ rows }, meta) => {
    document.title = rows.toFixed();
    if (meta && 'id' in meta) console.log(meta.id);
  });
  gateway.on('import:failed', ({ reason }) => reason.trim());
  // @ts-expect-error there is no such event
  gateway.on('import:don', () => undefined);
  // @ts-expect-error of another event
  gateway.on('import:done', ({ reason }) => reason);
  // @ts-expect-error a client decides about its reconnections
  connectGateway('/', { socketOptions: { reconnection: false } });
  gateway.onGap(({ room, reason }) => console.log(room, reason));
  gateway.onState((state) => state === 'refused' && gateway.refusal?.code);
  export const joined: Promise<string | null> = gateway.join('a', { rewind: 3 }).then(({ position }) => position);
  export const isOffline = (error: unknown): boolean => error instanceof GatewayClientError;
  export const own: GatewayClient<{ a: 1 }> = connectGateway<{ a: 1 }>('/', { autoStart: false });
  own.on('a', (one: 1) => one);
  // @ts-expect-error of other events
  own.on('import:done', () => undefined);
  // @ts-expect-error it is a view
  gateway.positions['a'] = 'p';
  off();
`;

describe('a web project with /client', () => {
  const { complaints, files } = compile({ 'client.ts': CLIENT }, WEB);

  it('compiles with the types of a browser only, and with the events of the application', () => {
    expect(complaints).toEqual([]);
  });

  it('reads of other packages only what belongs to the client of Socket.IO', () => {
    const packages = files.flatMap((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
    expect([...new Set(packages)].filter((name) => name !== 'typescript').sort()).toEqual([
      '@socket.io/component-emitter',
      'engine.io-client',
      'engine.io-parser',
      'socket.io-client',
      'socket.io-parser',
    ]);
  });

  it('allows any event while none is declared', () => {
    const source = `
      import { connectGateway } from 'nestjs-socket-gateway/client';
      connectGateway('/').on('any', (data: unknown) => data);
      // @ts-expect-error nothing is known of it
      connectGateway('/').on('any', ({ rows }) => rows);
    `;
    expect(compile({ 'client.ts': source }, WEB).complaints).toEqual([]);
  });
});

describe('a web project', () => {
  const { complaints, files } = compile({ 'client.ts': CONTRACT }, WEB);

  it('compiles against /contract with the types of a browser only', () => {
    expect(complaints).toEqual([]);
  });

  it('reads no types of Nest, of Node or of any other package through it', () => {
    const others = files.filter(
      (file) => file.includes('/node_modules/') && !file.includes('/typescript/lib/'),
    );
    expect(others).toEqual([]);
    expect(files.filter((file) => file.includes('/dist/'))).not.toEqual([]);
    const names = files.filter((file) => file.includes('/dist/') && !file.includes('/dist/contract/'));
    expect(names).toEqual([]);
  });

  it('needs nothing of Node at run time', () => {
    const code = files
      .filter((file) => file.includes('/dist/contract/'))
      .map((file) => readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''))
      .join('\n');
    expect(code).not.toMatch(/\b(Buffer|process|require|setImmediate|globalThis)\b|node:/);
  });
});

describe('the published types', () => {
  beforeAll(readDeclarations, READ_TIMEOUT_MS);

  it.each(['', '/worker', '/client', '/testing'].map((entry) => `nestjs-socket-gateway${entry}`))(
    'of %s are without an error',
    (entry) => {
      const source = `import * as everything from '${entry}';\nexport const names = Object.keys(everything);`;
      const { complaints } = compile(
        { 'all.ts': source },
        { skipLibCheck: false, exactOptionalPropertyTypes: true },
      );
      expect(complaints).toEqual([]);
    },
  );

  it.each([
    ['nodenext', ts.ModuleKind.NodeNext],
    ['node20', ts.ModuleKind.Node20],
  ])('can be imported by a CommonJS file that is compiled for %s', (_, module) => {
    const source = `
      import { SocketEmitter } from 'nestjs-socket-gateway/contract';
      import { SocketGatewayModule } from 'nestjs-socket-gateway';
      import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
      import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
      export const emitters: SocketEmitter[] = [createWorkerEmitter(), new RecordingEmitter()];
      export const module = SocketGatewayModule.forRoot({ auth: { jwt: { secret: 's', algorithms: ['HS256'] } } });
    `;
    const moduleResolution = ts.ModuleResolutionKind.NodeNext;
    expect(compile({ 'main.cts': source }, { module, moduleResolution }).complaints).toEqual([]);
  });
});
