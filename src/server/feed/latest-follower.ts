import type { ClearedLatest, LatestValues } from '../../room-log/index.js';
/** STUB. */
export interface LatestSink {
  value(key: string, data: string): void;
  synced(values: LatestValues): void;
  read(id: number): void;
}
export class LatestFollower {
  version: string | undefined;
  #told = new Map<string, string>();
  #id = 0;
  #reading = false;
  #dirty = false;
  #failed = false;
  constructor(private readonly sink: LatestSink) {}
  begin(values: LatestValues): void {
    this.version = values.version;
    for (const { key, version } of values.values) this.#told.set(key, version);
  }
  message(m: { data: string } & ClearedLatest): void {
    if (!this.#reading && m.previousVersion === this.version) {
      this.version = m.version;
      this.#told.set(m.key, m.version);
      this.sink.value(m.key, m.data);
    } else if (m.version !== this.version) this.dirty();
  }
  cleared(m: ClearedLatest): void {
    if (!this.#reading && m.previousVersion === this.version) {
      this.version = m.version;
      this.#told.delete(m.key);
    } else if (m.version !== this.version) this.dirty();
  }
  audited(version: string): void {
    if (version !== this.version) this.dirty();
  }
  dirty(): void {
    if (this.#reading) this.#dirty = true;
    else {
      this.#reading = true;
      this.#dirty = false;
      this.sink.read(++this.#id);
    }
  }
  looked(id: number, values: LatestValues): void {
    if (id !== this.#id) return;
    this.#reading = false;
    for (const { key, version, data } of values.values) {
      if (this.#told.get(key) === version) continue;
      this.#told.set(key, version);
      this.sink.value(key, data);
    }
    this.version = values.version;
    this.sink.synced(values);
    if (this.#dirty) this.dirty();
  }
  failed(id: number): void {
    if (id !== this.#id) return;
    this.#reading = false;
    this.#failed = true;
  }
  retry(): void {
    if (this.#failed) this.dirty();
    this.#failed = false;
  }
}
