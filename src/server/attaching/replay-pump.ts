/** Something that is sent to one socket in steps. */
export interface Replay {
  /** A step has thrown: it is over. */
  fail(error: unknown): void;
  /** Sends a little. `blocked`: the socket takes no more for now. */
  step(): 'more' | 'blocked' | 'done';
}

/** How long replays may keep the event loop busy at a time. */
const SLICE_MS = 8;

/** How soon a socket that took no more is looked at again. */
const BLOCKED_MS = 20;

/** Sends what sockets have missed in turns, a little to each, so that nobody else waits for it. */
export class ReplayPump {
  #turn: Replay[] = [];
  #blocked: Replay[] = [];
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  add(replay: Replay): void {
    this.#turn.push(replay);
    this.#immediate ??= setImmediate(() => this.#run());
  }

  close(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#turn = [];
    this.#blocked = [];
  }

  #run(): void {
    this.#immediate = undefined;
    const end = performance.now() + SLICE_MS;
    let index = 0;
    for (; index < this.#turn.length && performance.now() < end; index++) {
      const replay = this.#turn[index] as Replay;
      const outcome = attempt(replay);
      if (outcome === 'more') this.#turn.push(replay);
      else if (outcome === 'blocked') this.#block(replay);
    }
    this.#turn.splice(0, index);
    if (this.#turn.length > 0) this.#immediate ??= setImmediate(() => this.#run());
  }

  #block(replay: Replay): void {
    this.#blocked.push(replay);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const blocked = this.#blocked;
      this.#blocked = [];
      for (const one of blocked) this.add(one);
    }, BLOCKED_MS);
  }
}

function attempt(replay: Replay): ReturnType<Replay['step']> {
  try {
    return replay.step();
  } catch (error) {
    replay.fail(error);
    return 'done';
  }
}
