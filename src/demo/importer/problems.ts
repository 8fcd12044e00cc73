/** What is wrong with a row or one of its cells. */
export interface Problem {
  /** The line on which the row begins; the first line of a file is 1. */
  line: number;
  kind: 'ragged' | 'malformed' | 'invalid-value';
  message: string;
}

/** All problems counted, the first of them listed. */
export interface Problems {
  total: number;
  list: Problem[];
}

/** Keeps the first problems and counts the rest: a file of a million bad rows must not become a million objects. */
export class ProblemList {
  readonly #limit: number;
  readonly #list: Problem[] = [];
  #total = 0;

  constructor(limit = 50) {
    this.#limit = limit;
  }

  /** How many problems there were. */
  get total(): number {
    return this.#total;
  }

  /** Adds a problem; `describe` is only called for one that is kept. */
  add(describe: () => Problem): void {
    this.#total++;
    if (this.#list.length < this.#limit) this.#list.push(describe());
  }

  /** Adds problems that were counted elsewhere, with examples of them. */
  addCounted(total: number, examples: readonly Problem[]): void {
    this.#total += total;
    this.#list.push(...examples);
  }

  /** The first problems in the order of their lines, and how many there were. */
  result(): Problems {
    const list = [...this.#list].sort((a, b) => a.line - b.line).slice(0, this.#limit);
    return { total: this.#total, list };
  }
}
