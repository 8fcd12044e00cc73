import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { OPERATIONS_ROOM } from '../../operations/index.js';

/** Four a second of each kind fill the room's log in four minutes, for which a page may be away. */
const BEAT_EVERY_MS = 250;

/** A page in the background asks less often than every second. */
const WATCHED_FOR_MS = 10_000;

/** How many this process has emitted. */
export interface HeartbeatCounts {
  run: string;
  durable: number;
  live: number;
  /** Of the durable ones: for which the emitter was told that they were not taken. */
  refused: number;
}

/**
 * Emits a steady trickle while somebody watches, so that the charts have something to show, and so that a page can count
 * whether everything comes.
 */
@Injectable()
export class Heartbeats implements OnModuleDestroy {
  readonly #run = randomUUID();
  #beats = 0;
  #refused = 0;
  #watchedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly emitter: SocketEmitter) {}

  get counts(): HeartbeatCounts {
    return { run: this.#run, durable: this.#beats, live: this.#beats, refused: this.#refused };
  }

  /** Somebody watches, and will for a while. */
  watch(): void {
    this.#watchedAt = performance.now();
    this.#timer ??= setInterval(() => this.#beat(), BEAT_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (performance.now() - this.#watchedAt > WATCHED_FOR_MS) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const beat = { run: this.#run, number: ++this.#beats };
    void this.emitter.emitToRoom(OPERATIONS_ROOM, 'operations:beat', beat).then(({ status }) => {
      if (status === 'failed') this.#refused++;
    });
    void this.emitter.emitToRoom(OPERATIONS_ROOM, 'operations:tick', beat, { delivery: 'live' });
  }
}
