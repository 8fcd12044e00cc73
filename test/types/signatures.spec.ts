import { compile, READ_TIMEOUT_MS, readDeclarations } from '../support/compile.js';

beforeAll(readDeclarations, READ_TIMEOUT_MS);

describe('the signatures of the emitters', () => {
  it.each([
    ['while nothing is declared', ''],
    [
      'with declared events',
      `import 'nestjs-socket-gateway/contract';
       declare module 'nestjs-socket-gateway/contract' { interface GatewayEvents { a: 1; b: { c: string } } }`,
    ],
  ])('are one, %s', (_, declaration) => {
    const source = `
      ${declaration}
      import { SocketEmitter } from 'nestjs-socket-gateway/contract';
      import { SocketGateway } from 'nestjs-socket-gateway';
      import { WorkerEmitter } from 'nestjs-socket-gateway/worker';
      import { RecordingEmitter } from 'nestjs-socket-gateway/testing';

      /** Exactly the same type; parameters of methods are compared by two-way assignment otherwise. */
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
      type Method = keyof SocketEmitter;
      type Differing<Emitter extends SocketEmitter> = {
        [Name in Method]: Same<Emitter[Name], SocketEmitter[Name]> extends true ? never : Name;
      }[Method];

      export const differing: [
        Differing<SocketGateway>, Differing<WorkerEmitter>, Differing<RecordingEmitter>,
      ][] = [];
      // @ts-expect-error never is the only member: nothing differs
      const gateway: Differing<SocketGateway> = 'emitToUser';
      // @ts-expect-error
      const worker: Differing<WorkerEmitter> = 'emitToUser';
      // @ts-expect-error
      const recorder: Differing<RecordingEmitter> = 'emitToUser';
      export const nothingDiffers: [
        Same<Differing<SocketGateway>, never>,
        Same<Differing<WorkerEmitter>, never>,
        Same<Differing<RecordingEmitter>, never>,
      ] = [true, true, true];
      export const methods: Record<Method, true> = {
        emitToUser: true, emitToUsers: true, emitToRoom: true, broadcast: true,
        joinRoom: true, leaveRoom: true, disconnectUser: true, revokeUser: true,
        history: true, isUserOnline: true, onUndelivered: true,
      };
      export const unused = [gateway, worker, recorder];
    `;
    expect(compile({ 'signatures.ts': source }).complaints).toEqual([]);
  });

  it('would be found to differ by one parameter', () => {
    const source = `
      import { SocketEmitter } from 'nestjs-socket-gateway/contract';
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
      type Narrower = (room: string, extra?: number) => Promise<void>;
      export const differs: Same<SocketEmitter['disconnectUser'], Narrower> = false;
    `;
    expect(compile({ 'signatures.ts': source }).complaints).toEqual([]);
  });

  it('lets each of them stand where a SocketEmitter is asked for', () => {
    const source = `
      import { SocketEmitter } from 'nestjs-socket-gateway/contract';
      import { SocketGateway } from 'nestjs-socket-gateway';
      import { WorkerEmitter } from 'nestjs-socket-gateway/worker';
      import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
      export function emitters(a: SocketGateway, b: WorkerEmitter): SocketEmitter[] {
        return [a, b, new RecordingEmitter()];
      }
    `;
    expect(compile({ 'emitters.ts': source }).complaints).toEqual([]);
  });
});
