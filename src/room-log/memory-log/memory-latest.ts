import type { LatestValues } from '../room-log.js';
import type { RoomLogLimits } from '../../config/index.js';
import type { ClearedLatest } from '../room-message.js';
import { forgetOldest } from './forget-oldest.js';

/** The latest values of one room of a `MemoryRoomLog`, the oldest first. */
export class MemoryLatest {
  readonly #limits: RoomLogLimits;
  readonly #values = new Map<string, { readonly version: string; readonly data: string }>();
  #version = '';
  #touchedAt = 0;

  constructor(limits: RoomLogLimits) {
    this.#limits = limits;
  }

  get version(): string {
    return this.#version;
  }

  values(): LatestValues {
    return {
      version: this.#version,
      values: [...this.#values].map(([key, value]) => ({ key, ...value })),
    };
  }

  set(key: string, data: string, now: number, salt: string): ClearedLatest {
    const change = this.#change(key, now, salt);
    // Deleted first: the map's order is that of the versions.
    this.#values.delete(key);
    this.#values.set(key, { version: change.version, data });
    forgetOldest(this.#values, this.#limits.maxLatest);
    return change;
  }

  /** Returns undefined, and changes nothing, when there is no such value. */
  clear(key: string, now: number, salt: string): ClearedLatest | undefined {
    return this.#values.delete(key) ? this.#change(key, now, salt) : undefined;
  }

  expire(now: number): void {
    if (now < this.#touchedAt + this.#limits.ttlMs) return;
    this.#values.clear();
    this.#version = '';
  }

  #change(key: string, now: number, salt: string): ClearedLatest {
    const previousVersion = this.#version;
    const ms = Math.max(now, Number.parseInt(previousVersion || '0', 10) + 1);
    this.#version = `${ms}.${salt}`;
    this.#touchedAt = now;
    return { key, version: this.#version, previousVersion };
  }
}
