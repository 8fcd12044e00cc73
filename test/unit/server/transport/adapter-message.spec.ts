import {
  checkBroadcast,
  checkRequest,
  checkResponse,
} from '../../../../src/server/transport/adapter-message.js';

const PACKET = { type: 2, nsp: '/', data: ['news', 1] };
const OPTS = { rooms: ['red'], except: [], flags: {} };
const MEMBERS = { rooms: ['red'], except: [] };

describe('A broadcast of another server is taken', () => {
  it("on its room's channel, or on that of all when it is for none or several", () => {
    expect(() => checkBroadcast(['a', PACKET, OPTS], 'red')).not.toThrow();
    expect(() => checkBroadcast(['a', PACKET, { ...OPTS, rooms: [5] }], '5')).not.toThrow();
    expect(() => checkBroadcast(['a', PACKET, { rooms: [] }], '')).not.toThrow();
    expect(() => checkBroadcast(['a', PACKET, { ...OPTS, rooms: ['red', 'blue'] }], '')).not.toThrow();
  });

  it.each([
    ['names another room than its channel', { ...OPTS, rooms: ['blue'] }, 'red'],
    ['is for all on the channel of one room', { ...OPTS, rooms: [] }, 'red'],
    ['is for one room on the channel of all', OPTS, ''],
    ['has lost its rooms, which the adapter takes for all', { roomt: ['red'], except: [], flags: {} }, ''],
    ['has rooms that are null', { ...OPTS, rooms: null }, ''],
    ['excepts what is no list', { ...OPTS, except: 'red' }, 'red'],
    ['has options that are none', null, 'red'],
  ])('unless it %s', (_, options, room) => {
    expect(() => checkBroadcast(['a', PACKET, options], room)).toThrow(TypeError);
  });

  it.each([[null], [{}], ['abc'], [[]], [['a', PACKET]], [[1, PACKET, OPTS]], [['a', PACKET, OPTS, 1]]])(
    'unless it is %j',
    (message) => {
      expect(() => checkBroadcast(message, 'red')).toThrow(TypeError);
    },
  );
});

describe('A request of another server is taken', () => {
  it.each([
    { type: 1, requestId: 'r' },
    { type: 2, opts: MEMBERS, rooms: ['blue'] },
    { type: 2, sid: 's', room: 'blue' },
    { type: 3, opts: MEMBERS, rooms: ['blue'] },
    { type: 4, opts: MEMBERS, close: true },
    { type: 4, sid: 's' },
    { type: 5, opts: MEMBERS, requestId: 'r' },
    { type: 6, data: ['event'] },
    { type: 7, opts: OPTS, packet: PACKET, requestId: 'r' },
  ])('when it is %j', (request) => {
    expect(() => checkRequest({ uid: 'x', ...request })).not.toThrow();
  });

  it.each([
    { type: 2, opts: { roomt: ['red'] }, rooms: ['blue'] },
    { type: 2, opts: MEMBERS },
    { type: 2, opts: MEMBERS, rooms: 'blue' },
    { type: 3, opts: null, rooms: ['blue'] },
    { type: 4, opts: {}, close: true },
    { type: 4 },
    { type: 4, opts: MEMBERS, rooms: ['blue'] },
    { type: 5, requestId: 'r' },
    { type: 7, packet: PACKET, requestId: 'r' },
    { type: 8 },
    { type: '4', opts: MEMBERS },
    { type: 6, data: ['connection', {}] },
  ])('but not when it is %j', (request) => {
    expect(() => checkRequest({ uid: 'x', ...request })).toThrow(TypeError);
  });
});

it('An answer of another server says which request it answers', () => {
  expect(() => checkResponse({ requestId: 'r', sockets: [] })).not.toThrow();
  for (const response of [null, [], 'text', {}, { requestId: {} }]) {
    expect(() => checkResponse(response)).toThrow(TypeError);
  }
});
