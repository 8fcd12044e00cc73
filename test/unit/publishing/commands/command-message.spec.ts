import fc from 'fast-check';
import { normaliseRoom } from '../../../../src/names/index.js';
import {
  CONTROL_ROOM,
  encodeCommand,
  parseCommand,
  type GatewayCommand,
} from '../../../../src/publishing/index.js';
import { anyJson, anyString } from '../../../support/arbitraries.js';

const FROM = 'a-publisher';
const TOKEN = '1700000000000-1.abcdefgh12.0a1b2c3d';

const commands: GatewayCommand[] = [
  { type: 'join', members: 'user:ada', room: 'lobby' },
  { type: 'join', members: 'user:ada', room: 'lobby', position: TOKEN },
  { type: 'join', members: 'mOxkOqI9Yr9hOzTTAAAB', room: 'caf\u00e9' },
  { type: 'leave', members: 'user:ada', room: 'lobby' },
  { type: 'disconnect', members: 'user:ada' },
  { type: 'disconnect', members: 'user:ada', reason: 'the account was closed' },
];

it('no user can name the control room', () => {
  expect(() => normaliseRoom(CONTROL_ROOM)).toThrow(
    expect.objectContaining({ code: 'INVALID_ROOM' }) as Error,
  );
});

it.each(commands)('%j is read as it was written', (command) => {
  expect(parseCommand(encodeCommand({ from: FROM, command }))).toEqual({ from: FROM, command });
});

it('takes nothing along that belongs to another command', () => {
  const strange = {
    from: FROM,
    type: 'leave',
    members: 'a',
    room: 'b',
    position: TOKEN,
    reason: 'c',
    more: 1,
  };
  expect(parseCommand(JSON.stringify(strange))).toEqual({
    from: FROM,
    command: { type: 'leave', members: 'a', room: 'b' },
  });
});

it.each<[string, unknown]>([
  ['nothing', null],
  ['text', 'join'],
  ['a list', [{ from: FROM, type: 'leave', members: 'a', room: 'b' }]],
  ['no sender', { type: 'leave', members: 'a', room: 'b' }],
  ['a sender that is none', { from: 1, type: 'leave', members: 'a', room: 'b' }],
  ['another type', { from: FROM, type: 'promote', members: 'a', room: 'b' }],
  ['no members', { from: FROM, type: 'disconnect' }],
  ['empty members', { from: FROM, type: 'disconnect', members: '' }],
  ['members as a number', { from: FROM, type: 'disconnect', members: 5 }],
  ['the control room', { from: FROM, type: 'join', members: 'a', room: CONTROL_ROOM }],
  ['a room that is not in form NFC', { from: FROM, type: 'join', members: 'a', room: 'cafe\u0301' }],
  ['no room', { from: FROM, type: 'join', members: 'a' }],
  ['no room to leave', { from: FROM, type: 'leave', members: 'a', room: null }],
  ['a position that is none', { from: FROM, type: 'join', members: 'a', room: 'b', position: 'x' }],
  ['the oldest position', { from: FROM, type: 'join', members: 'a', room: 'b', position: '0-0' }],
  ['a revocation of no user', { from: FROM, type: 'revoke', members: 'a' }],
  ['a reason that breaks lines', { from: FROM, type: 'disconnect', members: 'a', reason: 'a\nb' }],
])('%s is no command', (_, value) => {
  expect(parseCommand(JSON.stringify(value))).toBeUndefined();
});

it('never throws, and what it takes can be written again', () => {
  const fields = fc.record(
    {
      from: fc.oneof(fc.constant(FROM), anyJson),
      type: fc.oneof(fc.constantFrom('join', 'leave', 'disconnect'), anyJson),
      members: fc.oneof(anyString, anyJson),
      room: fc.oneof(anyString, anyJson),
      position: fc.oneof(fc.constant(TOKEN), anyJson),
      reason: fc.oneof(anyString, anyJson),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fields.map((value) => JSON.stringify(value)),
        anyString,
        anyJson.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const message = parseCommand(text);
        if (message) expect(parseCommand(encodeCommand(message))).toEqual(message);
      },
    ),
    { numRuns: 1000 },
  );
  expect(parseCommand(null)).toBeUndefined();
});
