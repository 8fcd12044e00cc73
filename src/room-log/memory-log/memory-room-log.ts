import type { Run, RunRequest } from '../fence.js';
import { createSalt, type Position } from '../position.js';
import {
  RoomLog,
  type AppendBatch,
  type AppendReport,
  type AttachOptions,
  type LatestValues,
  type LogReadyListener,
  type RoomLook,
  type TailReport,
} from '../room-log.js';
import type { RoomLogLimits } from '../../config/index.js';
import type { RoomMessage } from '../room-message.js';
import { MemoryRoom } from './memory-room.js';

/** How often what nobody asks for is looked at for its expiry. */
const SWEEP_EVERY_MS = 60_000;

export interface MemoryRoomLogSettings {
  readonly limits: RoomLogLimits;
  /** Told of every event, in the tick of its append; returns how many follow the room. Must not throw. */
  readonly publish: (room: string, message: RoomMessage) => number;
  /** Ms since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * A {@link RoomLog} in the memory of one process, for when Redis is not configured; it is never a stand-in for one that
 * is away. It keeps the bounds of each room; how many rooms there are is bounded by their expiry only, as in Redis.
 */
export class MemoryRoomLog extends RoomLog {
  override readonly isReady = true;
  readonly #settings: MemoryRoomLogSettings;
  readonly #rooms = new Map<string, MemoryRoom>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(settings: MemoryRoomLogSettings) {
    super();
    this.#settings = settings;
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  override onReady(listener: LogReadyListener): () => void {
    listener({ mayHaveForgotten: false });
    return () => undefined;
  }

  override onAway(): () => void {
    return () => undefined;
  }

  override open(): void {
    // There is nothing to open.
  }

  override append(batch: AppendBatch): Promise<AppendReport> {
    const { publish } = this.#settings;
    const report = this.#room(batch.room).append(batch, this.#now(), createSalt(), (message) =>
      publish(batch.room, message),
    );
    return Promise.resolve({ status: 'done', ...report });
  }

  override attach(room: string, position: Position | null, options: AttachOptions): Promise<RoomLook> {
    return Promise.resolve(this.#room(room).look(position ?? '', options, this.#now()));
  }

  override newest(room: string, count: number, options: { latest?: boolean } = {}): Promise<RoomLook> {
    return Promise.resolve(this.#room(room).look(`*${count}`, { ...options, limit: count }, this.#now()));
  }

  override tails(rooms: readonly string[]): Promise<TailReport[]> {
    return Promise.resolve(
      rooms.map((name) => {
        const room = this.#room(name);
        room.touch(this.#now());
        return { tail: room.tail, latestVersion: room.latest().version };
      }),
    );
  }

  override latest(room: string): Promise<LatestValues> {
    return Promise.resolve(this.#room(room).latest());
  }

  override followerCount(): Promise<number> {
    return Promise.resolve(0);
  }

  override beginRun(room: string, request: RunRequest): Promise<Run> {
    return Promise.resolve(this.#room(room).beginRun(request, this.#now()));
  }

  override ownerOf(room: string, key: string): Promise<string | undefined> {
    return Promise.resolve(this.#room(room).ownerOf(key));
  }

  /** Forgets everything. */
  clear(): void {
    this.#rooms.clear();
  }

  /** Forgets everything, for ever. */
  close(): void {
    clearInterval(this.#sweeping);
    this.clear();
  }

  #room(name: string): MemoryRoom {
    const now = this.#now();
    const known = this.#rooms.get(name);
    if (known && !known.expire(now)) return known;
    const room = new MemoryRoom(this.#settings.limits, now, createSalt());
    this.#rooms.set(name, room);
    return room;
  }

  #sweep(): void {
    const now = this.#now();
    for (const [name, room] of this.#rooms) if (room.expire(now)) this.#rooms.delete(name);
  }

  #now(): number {
    return (this.#settings.now ?? Date.now)();
  }
}
