const LF = 10;
const CR = 13;

/** The CSV parser reports a row up to this many bytes after it has seen the row's end. */
const LOOK_BEHIND = 16;

/**
 * Tells on which line of a file a byte is, for bytes that are asked for in ascending order. It counts only what it
 * is asked for, plus once per chunk: rows without problems cost nothing.
 *
 * (The parser's own count is off by one for every line break of two characters inside quotes.)
 */
export class LineCounter {
  #buffer: Buffer = Buffer.alloc(0);
  /** The file offset of the buffer's first byte. */
  #offset = 0;
  /** The file offset up to which line breaks have been counted. */
  #counted = 0;
  #breaks = 0;
  #breakByte: number | undefined;

  /** Takes the next bytes of the file. */
  push(chunk: Buffer): void {
    const end = this.#offset + this.#buffer.length;
    this.#countTo(end - LOOK_BEHIND);
    const rest = this.#buffer.subarray(-LOOK_BEHIND);
    this.#offset = end - rest.length;
    this.#buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.#breakByte ??= breakByteOf(chunk);
  }

  /** The line of the byte at a file offset; that of the first byte after them for a line break. */
  lineAt(offset: number): number {
    this.#countTo(offset);
    return this.#breaks + 1;
  }

  /** The offset of the first byte from `offset` on that is not a line break. */
  skipBreaks(offset: number): number {
    let index = offset - this.#offset;
    while (this.#buffer[index] === LF || this.#buffer[index] === CR) index++;
    return this.#offset + index;
  }

  /** Whether the byte at a file offset ends a line. */
  isBreak(offset: number): boolean {
    return this.#buffer[offset - this.#offset] === (this.#breakByte ?? LF);
  }

  /** How many line breaks there are in a field. */
  breaksIn(field: string): number {
    const breakCharacter = this.#breakByte === CR ? '\r' : '\n';
    let breaks = 0;
    for (let at = field.indexOf(breakCharacter); at !== -1; at = field.indexOf(breakCharacter, at + 1))
      breaks++;
    return breaks;
  }

  #countTo(offset: number): void {
    if (offset <= this.#counted) return;
    const end = Math.min(offset - this.#offset, this.#buffer.length);
    const breakByte = this.#breakByte ?? LF;
    let at = this.#buffer.indexOf(breakByte, this.#counted - this.#offset);
    while (at !== -1 && at < end) {
      this.#breaks++;
      at = this.#buffer.indexOf(breakByte, at + 1);
    }
    this.#counted = this.#offset + end;
  }
}

/** Lines end with LF or CR LF, so LF it is; except in the files of old Macs, where CR stands alone. */
function breakByteOf(chunk: Buffer): number | undefined {
  if (chunk.includes(LF)) return LF;
  // The LF of a last CR may be in the next chunk.
  return chunk.subarray(0, -1).includes(CR) ? CR : undefined;
}
