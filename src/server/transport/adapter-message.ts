import { isReservedBySocketIo } from '../../names/index.js';

/** As Socket.IO's parser numbers its packets and `@socket.io/redis-adapter` its requests. */
const EVENT = 2;
const SERVER_SIDE_EMIT = 6;
const BROADCAST_WITH_ACK = 7;

/** What a server emits to itself: with a made-up socket in it, it would run handlers of the application. */
const OF_THE_SERVER = new Set(['connection', 'new_namespace']);

/**
 * Checks a decoded broadcast of another server, `[sender, packet, options]`. The adapter hands any packet on, and
 * every client that gets one with a wrong shape takes its connection for broken and drops it.
 *
 * @throws TypeError when it is not what an adapter or emitter sends
 */
export function checkBroadcast(message: readonly unknown[]): void {
  checkPacket(message[1]);
  checkTarget(message[2]);
}

/**
 * Checks a decoded request of another server.
 *
 * @throws TypeError when it is not what an adapter or emitter sends
 */
export function checkRequest(request: unknown): void {
  if (!isObject(request)) throw new TypeError('a request is not an object');
  if (request['opts'] !== undefined) checkTarget(request['opts']);
  if (request['type'] === BROADCAST_WITH_ACK) checkPacket(request['packet']);
  if (request['type'] === SERVER_SIDE_EMIT) checkArguments(request['data']);
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

function checkTarget(options: unknown): void {
  if (!isObject(options)) throw new TypeError('the options are not an object');
  const { rooms, except, flags } = options;
  if (!isListOfRooms(rooms) || !isListOfRooms(except)) throw new TypeError('the rooms are not a list');
  if (flags !== undefined && flags !== null && !isObject(flags)) {
    throw new TypeError('the flags are not an object');
  }
}

function isListOfRooms(rooms: unknown): boolean {
  if (rooms === undefined || rooms === null) return true;
  return Array.isArray(rooms) && rooms.every((room) => typeof room === 'string' || typeof room === 'number');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
