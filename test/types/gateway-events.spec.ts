import { compile, READ_TIMEOUT_MS, readDeclarations } from '../support/compile.js';

const DECLARATION = `
  import 'nestjs-socket-gateway/contract';
  declare module 'nestjs-socket-gateway/contract' {
    interface GatewayEvents {
      'import:done': { rows: number };
      'import:failed': { reason: string };
    }
  }
`;

/** Every emitter, imported from the entry that a user would import it from. */
const EMITTERS = [
  ['SocketEmitter', 'nestjs-socket-gateway/contract'],
  ['SocketEmitter', 'nestjs-socket-gateway'],
  ['SocketEmitter', 'nestjs-socket-gateway/worker'],
  ['SocketGateway', 'nestjs-socket-gateway'],
  ['WorkerEmitter', 'nestjs-socket-gateway/worker'],
  ['RecordingEmitter', 'nestjs-socket-gateway/testing'],
] as const;

/** The four ways to emit an event; each takes the same name and payload. */
const EMITS = [
  (event: string) => `emitToUser(7, ${event})`,
  (event: string) => `emitToUsers(['ann', 8], ${event})`,
  (event: string) => `emitToRoom('orders', ${event})`,
  (event: string) => `broadcast(${event})`,
];

const RIGHT = `'import:done', { rows: 3 }`;

const WRONG = [
  `'import:don', { rows: 3 }`,
  `'import:done', { rows: 'three' }`,
  `'import:done', {}`,
  `'import:done', { reason: 'of another event' }`,
  `'import:done', undefined`,
];

/** A program in which each of the emits is a statement of its own, on a line of its own. */
function emitting(type: string, entry: string, events: readonly string[], expectErrors = false): string {
  const statements = events.flatMap((event) => EMITS.map((emit) => `void emitter.${emit(event)};`));
  return [
    `import { ${type.replace(/<.*/, '')} } from '${entry}';`,
    `declare const emitter: ${type};`,
    ...statements.flatMap((statement) => (expectErrors ? ['// @ts-expect-error', statement] : [statement])),
  ].join('\n');
}

beforeAll(readDeclarations, READ_TIMEOUT_MS);

describe('with events merged into GatewayEvents on /contract', () => {
  it.each(EMITTERS)('%s of %s takes the right names and payloads', (type, entry) => {
    const sources = { 'events.ts': DECLARATION, 'emit.ts': emitting(type, entry, [RIGHT]) };
    expect(compile(sources).complaints).toEqual([]);
  });

  it.each(EMITTERS)('%s of %s refuses wrong names and payloads', (type, entry) => {
    const sources = { 'events.ts': DECLARATION, 'emit.ts': emitting(type, entry, WRONG, true) };
    expect(compile(sources).complaints).toEqual([]);
  });

  it.each(EMITTERS)('each refusal of %s of %s is an error of its own', (type, entry) => {
    const sources = { 'events.ts': DECLARATION, 'emit.ts': emitting(type, entry, WRONG) };
    const { complaints } = compile(sources);
    const count = WRONG.length * EMITS.length;
    // After the two lines of the import and the declaration.
    expect(complaints.map(({ line }) => line)).toEqual(
      Array.from({ length: count }, (_, index) => index + 3),
    );
    expect(new Set(complaints.map(({ file }) => file))).toEqual(new Set(['emit.ts']));
  });

  it('keeps the types of the events through a constructor that injects SocketEmitter', () => {
    const service = `
      import { Injectable } from '@nestjs/common';
      import { SocketEmitter } from 'nestjs-socket-gateway/contract';
      @Injectable()
      export class ImportService {
        constructor(private readonly emitter: SocketEmitter) {}
        async done(): Promise<boolean> {
          const result = await this.emitter.emitToUser('ann', 'import:done', { rows: 1 });
          // @ts-expect-error no such event
          await this.emitter.emitToUser('ann', 'import:gone', { rows: 1 });
          return result.status !== 'failed' || result.error.retryable;
        }
      }
    `;
    expect(compile({ 'events.ts': DECLARATION, 'service.ts': service }).complaints).toEqual([]);
  });
});

describe('with nothing declared', () => {
  it.each(EMITTERS)('%s of %s takes any name and any payload', (type, entry) => {
    const events = [RIGHT, ...WRONG, `'anything', [1, null, 'x']`];
    expect(compile({ 'emit.ts': emitting(type, entry, events) }).complaints).toEqual([]);
  });

  it.each(EMITTERS)('%s of %s still wants a name, a user and a room of the right type', (type, entry) => {
    const source = `
      import { ${type} } from '${entry}';
      declare const emitter: ${type};
      // @ts-expect-error a name is a string
      void emitter.emitToUser('ann', 5, {});
      // @ts-expect-error a user is a string or a number
      void emitter.emitToUser({ id: 'ann' }, 'hello', {});
      // @ts-expect-error users are a list
      void emitter.emitToUsers('ann', 'hello', {});
      // @ts-expect-error a room is a string
      void emitter.emitToRoom(5, 'hello', {});
      // @ts-expect-error there is no such delivery
      void emitter.broadcast('hello', {}, { delivery: 'pigeon' });
      // @ts-expect-error sockets are named by one of the two
      void emitter.joinRoom({ room: 'x' }, 'orders');
    `;
    expect(compile({ 'emit.ts': source }).complaints).toEqual([]);
  });
});

describe('with an interface given to the emitter itself', () => {
  const OWN = `interface Events { 'import:done': { rows: number } }\n`;

  it.each(EMITTERS)('%s of %s takes its events, without any merging', (type, entry) => {
    const right = OWN + emitting(`${type}<Events>`, entry, [RIGHT]);
    const wrong = OWN + emitting(`${type}<Events>`, entry, WRONG, true);
    expect(
      compile({ 'right.ts': `${right}\nexport {};`, 'wrong.ts': `${wrong}\nexport {};` }).complaints,
    ).toEqual([]);
  });

  it('createWorkerEmitter makes an emitter of them', () => {
    const source = `
      import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
      ${OWN}
      const emitter = createWorkerEmitter<Events>({ redis: 'redis://localhost' });
      void emitter.emitToUser('ann', 'import:done', { rows: 1 });
      // @ts-expect-error wrong payload
      void emitter.emitToUser('ann', 'import:done', { rows: '1' });
    `;
    expect(compile({ 'emit.ts': source }).complaints).toEqual([]);
  });
});
