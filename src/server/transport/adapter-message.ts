import { isReservedBySocketIo } from '../../names/index.js';

/** As Socket.IO's parser numbers its packets. */
const EVENT = 2;

/** What a server emits to itself: with a made-up socket in it, it would run handlers of the application. */
const OF_THE_SERVER = new Set(['connection', 'new_namespace']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks a decoded broadcast of another server, `[sender, packet, options]`. The adapter hands any packet on, and
 * every client that gets one with a wrong shape takes its connection for broken and drops it. It takes missing rooms for
 * everybody.
 *
 * @param room of the channel on which it came, where the sender puts what is for one room; '' for the channel of others
 * @throws TypeError when it is not what an adapter or emitter sends
 */
export function checkBroadcast(message: unknown, room: string): void {
  if (!Array.isArray(message) || message.length !== 3)
    throw new TypeError('a broadcast is not a list of three');
  const [sender, packet, options] = message as readonly unknown[];
  if (typeof sender !== 'string') throw new TypeError('a broadcast has no sender');
  checkPacket(packet);
  const rooms = checkTarget(options);
  const ofChannel = rooms.length === 1 ? String(rooms[0]) : '';
  if (ofChannel !== room) throw new TypeError("a broadcast is not for the channel's room");
}

/**
 * Checks a decoded request of another server. Where it says whom it means, all of that must be there: the adapter takes
 * what is missing for everybody.
 *
 * @throws TypeError when it is not what an adapter or emitter sends
 */
export function checkRequest(request: unknown): void {
  if (!isObject(request)) throw new TypeError('a request is not an object');
  const check = CHECKS.get(request['type']);
  if (!check) throw new TypeError('a request is of no type');
  check(request);
}

/**
 * Checks a decoded answer of another server.
 *
 * @throws TypeError when it is not what an adapter sends
 */
export function checkResponse(response: unknown): void {
  if (!isObject(response)) throw new TypeError('a response is not an object');
  if (typeof response['requestId'] !== 'string') throw new TypeError('a response answers no request');
}

/** By the type, as `@socket.io/redis-adapter` numbers its requests. */
const CHECKS = new Map<unknown, (request: Fields) => void>([
  [0, (request) => checkRooms(request['rooms'])],
  [1, checkAsked],
  [2, checkMembership],
  [3, checkMembership],
  [4, checkDisconnect],
  [5, (request) => void checkTarget(request['opts'])],
  [6, (request) => checkArguments(request['data'])],
  [
    7,
    (request) => {
      checkPacket(request['packet']);
      checkTarget(request['opts']);
    },
  ],
]);

function checkAsked({ requestId }: Fields): void {
  if (typeof requestId !== 'string') throw new TypeError('a request cannot be answered');
}

/** Older servers name one socket and one room. */
function checkMembership({ opts, rooms, sid, room }: Fields): void {
  if (opts === undefined && typeof sid === 'string' && isRoom(room)) return;
  checkTarget(opts);
  checkRooms(rooms);
}

function checkDisconnect({ opts, close, sid, rooms }: Fields): void {
  if (rooms !== undefined) throw new TypeError('a request to disconnect names rooms');
  if (close !== undefined && typeof close !== 'boolean') throw new TypeError('a flag is none');
  if (opts === undefined && typeof sid === 'string') return;
  checkTarget(opts);
}

function checkPacket(packet: unknown): void {
  if (!isObject(packet)) throw new TypeError('a packet is not an object');
  const { type, id, nsp, data } = packet;
  if (type !== EVENT) throw new TypeError('a packet is not an event');
  if (nsp !== undefined && typeof nsp !== 'string') throw new TypeError('a packet has a wrong namespace');
  if (id !== undefined && id !== null && !Number.isSafeInteger(id)) {
    throw new TypeError('a packet has a wrong id');
  }
  checkArguments(data);
}

function checkArguments(data: unknown): void {
  const name: unknown = Array.isArray(data) ? data[0] : undefined;
  if (typeof name !== 'string' && typeof name !== 'number') throw new TypeError('an event has no name');
  if (isReservedBySocketIo(String(name)) || OF_THE_SERVER.has(String(name))) {
    throw new TypeError('an event has a reserved name');
  }
}

/** Returns the rooms. */
function checkTarget(options: unknown): readonly unknown[] {
  if (!isObject(options)) throw new TypeError('the options are not an object');
  const { rooms, except, flags } = options;
  checkRooms(rooms);
  // Emitters of other languages leave it out.
  if (except !== undefined && except !== null) checkRooms(except);
  if (flags !== undefined && flags !== null && !isObject(flags)) {
    throw new TypeError('the flags are not an object');
  }
  return rooms;
}

function checkRooms(rooms: unknown): asserts rooms is readonly unknown[] {
  if (!Array.isArray(rooms) || !rooms.every(isRoom)) throw new TypeError('the rooms are not a list');
}

function isRoom(room: unknown): boolean {
  return typeof room === 'string' || typeof room === 'number';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
