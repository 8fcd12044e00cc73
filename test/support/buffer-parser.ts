import { EventEmitter } from 'node:events';

interface Packet {
  readonly data?: unknown;
}

/** A parser as an application may have one in the place of Socket.IO's: each packet is a Buffer. */
export class Encoder {
  /** Refuses what is named so, as a parser does that cannot say everything. */
  static readonly refused = new Set<string>();
  static refusalCount = 0;

  encode(packet: Packet & { nsp: string | { name: string } }): Buffer[] {
    const { data, nsp } = packet;
    if (Array.isArray(data) && Encoder.refused.has(String(data[0]))) {
      Encoder.refusalCount++;
      throw new RangeError('It cannot be said.');
    }
    return [Buffer.from(JSON.stringify({ ...packet, nsp: typeof nsp === 'string' ? nsp : nsp.name }))];
  }
}

export class Decoder extends EventEmitter {
  add(encoded: Buffer): void {
    this.emit('decoded', JSON.parse(encoded.toString()));
  }

  destroy(): void {
    this.removeAllListeners();
  }
}
