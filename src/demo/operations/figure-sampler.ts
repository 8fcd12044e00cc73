import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { HealthReport } from 'nestjs-socket-gateway/worker';
import type { FigureReader } from './figure-reader.js';
import type { FigureSample, ProcessFigures } from './figure-sample.js';

/** Between two samples. */
const SAMPLE_EVERY_MS = 1000;

/** So many are kept: what the page shows of the time before it was opened. */
const MAX_SAMPLES = 180;

export interface FigureSamplerSettings {
  readonly role: ProcessFigures['role'];
  readonly reader: FigureReader;
  /** Asked once a second, and not again before it has answered. */
  readonly readiness: () => HealthReport | Promise<HealthReport>;
}

/**
 * Takes a sample of this process' figures every second and keeps the newest in memory, so that nothing is needed to tell of
 * the last minutes but this process: least of all Redis.
 */
export class FigureSampler implements OnModuleInit, OnModuleDestroy {
  readonly #settings: FigureSamplerSettings;
  readonly #samples: FigureSample[] = [];
  readonly #listeners: (() => void)[] = [];
  #health: HealthReport | undefined;
  #isAsking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: FigureSamplerSettings) {
    this.#settings = settings;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Calls the listener after each sample. */
  onSample(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** @param after of this time, in ms since 1970, and before it none */
  async figures(after = 0): Promise<ProcessFigures> {
    const { role, reader } = this.#settings;
    return {
      role,
      pid: process.pid,
      latencyBounds: await reader.latencyBounds(),
      samples: this.#samples.filter(({ time }) => time > after),
    };
  }

  async #sample(): Promise<void> {
    void this.#ask();
    const measured = await this.#settings.reader.read();
    // Before its first answer there is nothing that could be said of it.
    if (this.#health === undefined) return;
    const { status, details } = this.#health;
    const redis = String(details['redis'] ?? 'unknown');
    this.#samples.push({ time: Date.now(), ready: status === 'up', redis, ...measured });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    for (const listener of this.#listeners) listener();
  }

  /** A worker asks Redis, which may not answer: samples do not wait for that. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#health = await this.#settings.readiness();
    this.#isAsking = false;
  }
}
