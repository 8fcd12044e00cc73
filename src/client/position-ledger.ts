/** A place in a room's order; open while what is there has not been handled. */
export interface Mark {
  readonly position: string;
  isOpen: boolean;
}

/**
 * How far a room has been handled without an exception: the position of the last mark before which, and at which,
 * nothing is open. Marks may be closed in any order.
 */
export class PositionLedger {
  #position: string | undefined;
  #marks: Mark[] = [];
  #compactAt = 64;

  constructor(position?: string) {
    this.#position = position;
  }

  get position(): string | undefined {
    return this.#position;
  }

  /** Adds a mark behind all others. */
  open(position: string): Mark {
    if (this.#marks.length >= this.#compactAt) this.#compact();
    const mark = { position, isOpen: true };
    this.#marks.push(mark);
    return mark;
  }

  close(mark: Mark): void {
    mark.isOpen = false;
    let closed = 0;
    while (this.#marks[closed]?.isOpen === false) closed++;
    if (closed > 0) this.#position = this.#marks.splice(0, closed).at(-1)?.position;
  }

  /** Closes a mark, and gives up what is open before it: it cannot be read from there any more. */
  closeOver(mark: Mark): void {
    const index = this.#marks.indexOf(mark);
    if (index > 0) this.#marks.splice(0, index);
    this.close(mark);
  }

  /** Of closed marks one behind the other, only the last says anything. Amortised over as many as there are. */
  #compact(): void {
    this.#marks = this.#marks.filter(
      ({ isOpen }, index) => isOpen || this.#marks[index + 1]?.isOpen !== false,
    );
    this.#compactAt = 64 + 2 * this.#marks.length;
  }
}
