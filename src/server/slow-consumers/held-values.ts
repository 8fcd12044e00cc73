/** What is known of a frame that waits. */
interface Sized {
  readonly bytes: number;
}

/** The newest latest values for a client that is behind: of each room and key one, in the order of their changes. */
export class HeldValues<Frame extends Sized> {
  readonly #rooms = new Map<string, Map<string, Frame>>();
  bytes = 0;

  set(room: string, key: string, frame: Frame): void {
    const values = this.#rooms.get(room) ?? new Map<string, Frame>();
    this.#rooms.set(room, values);
    this.bytes += frame.bytes - (values.get(key)?.bytes ?? 0);
    values.delete(key);
    values.set(key, frame);
  }

  /** Takes those of one room out. */
  take(room: string): Iterable<Frame> {
    const values = this.#rooms.get(room);
    if (!values) return [];
    this.#rooms.delete(room);
    for (const { bytes } of values.values()) this.bytes -= bytes;
    return values.values();
  }

  rooms(): string[] {
    return [...this.#rooms.keys()];
  }
}
