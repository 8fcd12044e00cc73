import {
  GatewayError,
  type EmitResult,
  type GatewayErrorCode,
  type SocketTarget,
} from '../../../../src/contract/index.js';
import { CauseLog } from '../../../../src/logging/index.js';
import {
  CommandSender,
  CONTROL_ROOM,
  parseCommand,
  type GatewayCommand,
  type KeptEmit,
  type KeptSender,
} from '../../../../src/publishing/index.js';
import type { TailReport } from '../../../../src/room-log/index.js';
import { RecordingLogger } from '../../../support/recording-logger.js';

const TAIL = '1700000000000-1.abcdefgh12.0a1b2c3d';
const PUBLISHED: EmitResult = { status: 'published', id: 'a' };

/** The log's side, whose answers the test gives. */
class Log implements KeptSender {
  readonly appended: GatewayCommand[] = [];
  readonly asked: string[] = [];
  readonly from = new Set<string>();
  tail: () => Promise<TailReport[]> = () => Promise.resolve([{ tail: TAIL, latestVersion: '' }]);
  result: () => Promise<EmitResult> = () => Promise.resolve(PUBLISHED);

  tails(rooms: readonly string[]): Promise<TailReport[]> {
    this.asked.push(...rooms);
    return this.tail();
  }

  emit(room: string, { delivery, data }: KeptEmit): Promise<EmitResult> {
    expect([room, delivery]).toEqual([CONTROL_ROOM, 'durable']);
    const message = parseCommand(data);
    if (!message) throw new Error('no command');
    this.from.add(message.from);
    this.appended.push(message.command);
    return this.result();
  }
}

const logger = new RecordingLogger();
let causes: CauseLog;
let log: Log;
let commands: CommandSender;

beforeEach(() => {
  logger.lines.length = 0;
  causes = new CauseLog(logger);
  log = new Log();
  commands = new CommandSender({ log, kept: log, causes });
});
afterEach(() => causes.close());

describe('Commands', () => {
  it('name the sockets by the room that holds them, and who gave them', async () => {
    await commands.join({ userId: 5 }, 'a');
    await commands.leave({ socketId: 'x' }, 'a');
    await commands.disconnectUser('u');
    await commands.disconnectUser('u', 'the account was closed');
    await commands.revokeUser('u');
    expect(log.appended).toEqual([
      { type: 'join', members: 'user:5', room: 'a', position: TAIL },
      { type: 'leave', members: 'x', room: 'a' },
      { type: 'disconnect', members: 'user:u' },
      { type: 'disconnect', members: 'user:u', reason: 'the account was closed' },
      { type: 'revoke', members: 'user:u' },
    ]);
    expect([...log.from]).toEqual([commands.id]);
    expect(new CommandSender({ log, kept: log, causes }).id).not.toBe(commands.id);
  });

  it('ask in the tick of the call where a room is that is joined', () => {
    void commands.join({ userId: 5 }, 'a');
    expect(log.asked).toEqual(['a']);
    expect(log.appended).toEqual([]);
  });

  it.each<[string, () => Promise<TailReport[]>]>([
    ['Redis is away', () => Promise.reject(new GatewayError('REDIS_UNAVAILABLE', 'away'))],
    ['the room cannot be read', () => Promise.resolve([{ error: new Error('WRONGTYPE') }])],
    ['nothing is told', () => Promise.resolve([])],
  ])('have no position when %s', async (_, tail) => {
    log.tail = tail;
    await commands.join({ userId: 5 }, 'a');
    expect(log.appended).toEqual([{ type: 'join', members: 'user:5', room: 'a' }]);
  });

  it('keep the order in which they were given, however long a tail takes', async () => {
    const tails: ((reports: TailReport[]) => void)[] = [];
    log.tail = () => new Promise((resolve) => tails.push(resolve));
    const given = [
      commands.join({ userId: 5 }, 'a'),
      commands.leave({ userId: 5 }, 'a'),
      commands.join({ userId: 5 }, 'b'),
      commands.disconnectUser(5),
    ];
    tails[1]?.([{ tail: TAIL, latestVersion: '' }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.appended).toEqual([]);
    tails[0]?.([]);
    await Promise.all(given);
    expect(log.appended.map((command) => [command.type, 'room' in command && command.room])).toEqual([
      ['join', 'a'],
      ['leave', 'a'],
      ['join', 'b'],
      ['disconnect', false],
    ]);
  });

  it('wait for the place of the one before, not for its result', async () => {
    const unanswered = new Promise<EmitResult>(() => undefined);
    log.result = () => (log.appended.length === 1 ? unanswered : Promise.resolve(PUBLISHED));
    void commands.leave({ userId: 5 }, 'a');
    await commands.leave({ userId: 5 }, 'b');
    expect(log.appended).toHaveLength(2);
  });

  it('are carried out in the tick of the call on sockets of their own process', async () => {
    const executed: GatewayCommand[] = [];
    const server = new CommandSender({
      log,
      kept: log,
      causes,
      executeLocally: (one) => void executed.push(one),
    });
    const given = server.join({ userId: 5 }, 'a');
    expect(executed).toEqual([{ type: 'join', members: 'user:5', room: 'a' }]);
    await given;
    expect(log.appended).toHaveLength(1);
  });

  it('reach the other servers also when they cannot be carried out here, and say so', async () => {
    for (const executeLocally of [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
    ]) {
      const server = new CommandSender({ log, kept: log, causes, executeLocally });
      await expect(server.disconnectUser(5)).rejects.toThrow('no');
    }
    expect(log.appended).toHaveLength(2);
  });

  it('are given when they are queued, with one warning', async () => {
    log.result = () => Promise.resolve({ status: 'queued' });
    await commands.leave({ userId: 5 }, 'a');
    await commands.leave({ userId: 5 }, 'a');
    expect(logger.lines).toEqual([expect.stringContaining('has not taken a command in time')]);
  });

  it('reject with why they could not be sent, and later ones go on', async () => {
    const error = new GatewayError('OUTBOX_FULL', 'full');
    log.result = () => Promise.resolve({ status: 'failed', error });
    await expect(commands.disconnectUser(5)).rejects.toBe(error);
    await expect(commands.join({ userId: 5 }, 'a')).rejects.toBe(error);
    log.result = () => Promise.resolve(PUBLISHED);
    await commands.disconnectUser(5);
  });

  it.each<[GatewayErrorCode, unknown, string]>([
    ['INVALID_USER', undefined, 'a'],
    ['INVALID_USER', 'a', 'a'],
    ['INVALID_USER', {}, 'a'],
    ['INVALID_USER', { userId: '' }, 'a'],
    ['INVALID_ROOM', { socketId: '' }, 'a'],
    ['INVALID_ROOM', { userId: 1 }, ''],
    ['INVALID_ROOM', { userId: 1 }, CONTROL_ROOM],
    ['INVALID_ROOM', { socketId: CONTROL_ROOM }, 'a'],
  ])('reject with %s', async (code, who, room) => {
    await expect(commands.join(who as SocketTarget, room)).rejects.toMatchObject({ code });
    await expect(commands.leave(who as SocketTarget, room)).rejects.toMatchObject({ code });
    expect(log.appended).toEqual([]);
  });

  it.each([[''], ['a\nb'], [5], [null], ['x'.repeat(257)]])('have no reason like %j', async (reason) => {
    await expect(commands.disconnectUser('a', reason)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(log.appended).toEqual([]);
  });
});
