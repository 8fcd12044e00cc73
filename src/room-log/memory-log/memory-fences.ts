import type { Fence, FenceEnd, Run, RunRequest } from '../fence.js';
import { forgetOldest } from './forget-oldest.js';

/** As in append.lua. */
const MAX_FENCES = 1000;

interface Reported {
  run: number;
  era: string;
  ended: FenceEnd | undefined;
}

interface Claimed extends Run {
  readonly identity: string;
}

/** Which runs have reported in one room of a `MemoryRoomLog`, and which numbers it has given to runs. */
export class MemoryFences {
  readonly #reported = new Map<string, Reported>();
  readonly #claimed = new Map<string, Claimed>();
  readonly #owners = new Map<string, string>();

  begin({ key, atLeast, identity, era, reopens, owner }: RunRequest): Run {
    const claimed = this.#claimed.get(key);
    const reported = this.#reported.get(key);
    const run = Math.max(claimed?.run ?? 0, reported?.run ?? 0, atLeast - 1) + 1;
    const isOver = reopens && reported?.ended === 'failed' && reported.era === claimed?.era;
    const isSame = claimed?.identity === identity && !isOver;
    const next = { run, era: isSame ? claimed.era : era, identity };
    this.#claimed.set(key, next);
    if (owner !== undefined) this.#owners.set(key, owner);
    return { run: next.run, era: next.era };
  }

  ownerOf(key: string): string | undefined {
    return this.#owners.get(key);
  }

  /** Whether an event must not be appended. */
  refuses({ key, run, era }: Fence): boolean {
    const reported = this.#reported.get(key);
    if (!reported) return false;
    return run < reported.run || (reported.ended !== undefined && reported.era === era);
  }

  /** A run has reported. */
  pass({ key, run, era, ends }: Fence): void {
    const before = this.#reported.get(key);
    if (before && before.run > run) return;
    const ended = ends ?? (before?.era === era ? before.ended : undefined);
    this.#reported.delete(key);
    this.#reported.set(key, { run, era, ended });
    forgetOldest(this.#reported, MAX_FENCES);
  }
}
