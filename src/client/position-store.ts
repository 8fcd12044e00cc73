import { GatewayClientError } from './client-error.js';
import type { Report } from './report.js';

/** The part of the Web Storage API that is used; `sessionStorage` has it. */
export interface PositionStorage {
  /** The value of a key, or null. */
  getItem(key: string): string | null;
  /** Keeps a value; it may throw, such as when it is full. */
  setItem(key: string, value: string): void;
}

/** What is stored: how far which user's rooms have been handled. */
export interface StoredPositions {
  readonly userId?: string | undefined;
  readonly positions: Readonly<Record<string, string>>;
}

/** How long a position may wait for the next, in milliseconds. */
const WRITE_EVERY_MS = 250;

/** Keeps positions in a storage, in few writes. A storage that throws is reported once, and no longer used. */
export class PositionStore {
  readonly #storage: PositionStorage;
  readonly #key: string;
  readonly #read: () => StoredPositions;
  readonly #report: Report;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFailed = false;
  #isClosed = false;

  /**
   * @param read gives what is to be stored at this moment
   * @throws STORAGE_SHARED for `localStorage`: tabs would go on at each other's positions
   */
  constructor(storage: PositionStorage, key: string, read: () => StoredPositions, report: Report) {
    if (isLocalStorage(storage)) {
      throw new GatewayClientError('STORAGE_SHARED', 'All tabs share localStorage; use sessionStorage.');
    }
    this.#storage = storage;
    this.#key = key;
    this.#read = read;
    this.#report = report;
  }

  /** What was stored before; nothing if it cannot be read. */
  load(): StoredPositions {
    const text = this.#try(() => this.#storage.getItem(this.#key));
    return parse(text ?? '{}');
  }

  /** Something has changed. */
  schedule(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.flush(), WRITE_EVERY_MS);
  }

  /** Writes what is scheduled now. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#try(() => this.#storage.setItem(this.#key, JSON.stringify(this.#read())));
  }

  /** Writes a last time: another client may go on with the key. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  #try<Result>(use: () => Result): Result | undefined {
    if (this.#hasFailed) return undefined;
    try {
      return use();
    } catch (cause) {
      this.#hasFailed = true;
      this.#report('STORAGE_FAILED', 'The storage has failed: no more is stored.', { cause });
      return undefined;
    }
  }
}

function isLocalStorage(storage: unknown): boolean {
  try {
    return storage === (globalThis as { localStorage?: unknown }).localStorage;
  } catch {
    // A page whose storage is forbidden throws when it is looked at.
    return false;
  }
}

/** What somebody else has written, or an older version, is nothing. */
function parse(text: string): StoredPositions {
  try {
    const { userId, positions } = JSON.parse(text) as Record<keyof StoredPositions, unknown>;
    if (typeof userId !== 'string') return { positions: {} };
    const known = Object.entries(positions as object).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return { userId, positions: Object.fromEntries(known) };
  } catch {
    return { positions: {} };
  }
}
