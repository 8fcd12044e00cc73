import { createHash } from 'node:crypto';

/** Which rooms these are: those of one application and namespace, in one database of one Redis. */
export interface RoomScope {
  readonly prefix: string;
  readonly namespace: string;
  /** The database's number; Pub/Sub ignores it, so a channel's name has it. 0 in a cluster. */
  readonly database: number;
}

/**
 * The names of a room's keys and channel; protocol.md, "Names". All of them have the room's tag, so they are in one
 * slot of a cluster. The digit is the version of the format.
 */
export class RoomKeys {
  /** What follows the tag in the name of a channel. */
  readonly channelEnd: string;
  readonly #start: string;
  readonly #tagEnd: string;

  constructor({ prefix, namespace, database }: RoomScope) {
    this.#start = `{${prefix}#${namespace}#`;
    this.channelEnd = `@${database}`;
    this.#tagEnd = `}${this.channelEnd}`;
  }

  log(room: string): string {
    return `${this.#start}${room}}:1log`;
  }

  tail(room: string): string {
    return `${this.#start}${room}}:1tail`;
  }

  latest(room: string): string {
    return `${this.#start}${room}}:1latest`;
  }

  fence(room: string): string {
    return `${this.#start}${room}}:1fence`;
  }

  dedupe(room: string, bucket: number): string {
    return `${this.#start}${room}}:1d${bucket}`;
  }

  channel(room: string): string {
    return `${this.#start}${room}${this.#tagEnd}`;
  }

  /** The room of a channel; undefined when it is not one of these. */
  roomOf(channel: string): string | undefined {
    if (!channel.startsWith(this.#start) || !channel.endsWith(this.#tagEnd)) return undefined;
    return channel.slice(this.#start.length, -this.#tagEnd.length);
  }
}

/** What is kept of a dedupe key: what users supply never decides how large a key's memory is. */
export function dedupeField(dedupeKey: string): string {
  return createHash('sha256').update(dedupeKey).digest('base64url').slice(0, 22);
}
