import { Injectable } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { FigureSampler, OPERATIONS_ROOM } from '../operations/index.js';

/** How far back each message reaches: what could not be told while Redis was away is told afterwards. */
const TOLD_MS = 60_000;

/**
 * Tells whoever watches how this worker gets on, every second: a worker has no port that could be asked. While Redis is away
 * nobody hears it, which the page says; the next message has what was missed.
 */
@Injectable()
export class WorkerFigures {
  #isTelling = false;

  constructor(
    private readonly sampler: FigureSampler,
    private readonly emitter: SocketEmitter,
  ) {
    sampler.onSample(() => void this.#tell());
  }

  /** Not again before the last has settled: while Redis is away only some wait in the outbox. */
  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const figures = await this.sampler.figures(Date.now() - TOLD_MS);
    const key = `worker ${process.pid}`;
    await this.emitter.emitToRoom(OPERATIONS_ROOM, 'operations:figures', figures, {
      delivery: 'latest',
      key,
    });
    this.#isTelling = false;
  }
}
