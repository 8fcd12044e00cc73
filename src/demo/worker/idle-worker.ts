import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A worker without Redis has no queue to take jobs from. It says so and stays, as a process manager expects. */
@Injectable()
export class IdleWorker implements OnModuleInit, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  onModuleInit(): void {
    new Logger('Worker').warn('There is no Redis (see REDIS_URL), so this worker has nothing to do.');
    this.#timer = setInterval(() => undefined, LONGEST_TIMER_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }
}
