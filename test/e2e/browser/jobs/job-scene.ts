import type { Browser } from 'playwright-core';
import type { AppProcess } from '../../../support/app-process.js';
import type { GatewayApp } from '../../../support/gateway-app.js';
import { startQueueProcess, type QueueKind } from '../../../support/jobs/queue-processes.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { Resources } from '../../../support/resources.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { launchChromium } from '../launch-chromium.js';
import { JobPage } from './job-page.js';
import { startJobPageServer } from './job-page-server.js';
import { expectStates, type Story } from './told-story.js';

/** A Redis, a server and a Chromium, and what a test has to do with them: workers, and the page of one job. */
export class JobScene {
  readonly #all = new Resources();
  #resources = new Resources();
  #redis!: RedisProcess;
  #server!: GatewayApp & { prefix: string };
  #browser!: Browser;
  #kind!: QueueKind;
  #queue = '';
  #page!: JobPage;

  static async start(): Promise<JobScene> {
    const scene = new JobScene();
    try {
      scene.#redis = scene.#all.add(await RedisProcess.start());
      scene.#server = scene.#all.add(await startJobPageServer(scene.#redis));
      const browser = await launchChromium();
      scene.#all.add({ stop: () => browser.close() });
      scene.#browser = browser;
      return scene;
    } catch (error) {
      await scene.stop();
      throw error;
    }
  }

  /** The page of the test's job. */
  get page(): JobPage {
    return this.#page;
  }

  /** A test begins, with a queue of its own. */
  begin(kind: QueueKind): void {
    this.#kind = kind;
    this.#queue = uniquePrefix();
  }

  async end(): Promise<void> {
    const resources = this.#resources;
    this.#resources = new Resources();
    await resources.stop();
  }

  async stop(): Promise<void> {
    await this.end();
    await this.#all.stop();
  }

  /** As {@link startQueueProcess}. */
  startWorker(role: 'first' | 'last', holds: string): Promise<AppProcess> {
    const place = { kind: this.#kind, queue: this.#queue, redis: this.#redis, prefix: this.#server.prefix };
    return startQueueProcess(this.#resources, place, role, holds);
  }

  /** Opens the page and has it start its job. */
  async startJob(job: { attempts: number; failures: number } = { attempts: 1, failures: 0 }): Promise<void> {
    const [kind, queue] = [this.#kind, this.#queue];
    const page = await JobPage.open(this.#browser, this.#server.url, { kind, queue, userId: queue, ...job });
    this.#page = this.#resources.add(page);
    await page.start();
  }

  /** Loads the page while nothing happens: it says the same as before, at once, and lists nothing of the past. */
  async reload(): Promise<void> {
    const [before] = (await this.#page.glimpses()).slice(-1);
    await this.#page.reload();
    expect(await this.#page.glimpsesOfThisVisit()).toEqual([before]);
    expect(await this.#page.messagesOfThisVisit()).toEqual([]);
  }

  /**
   * Expects that the page, in all its visits, has told the story, and says the same after another reload; and that a page which begins
   * with what is kept tells the same.
   */
  async expectStory({ messages, states, end }: Story): Promise<void> {
    const page = this.#page;
    await page.shows(end);
    await this.reload();
    expect(await page.messages()).toEqual(messages);
    expectStates(await page.glimpses(), states);
    const rewound = await page.rewound();
    await rewound.shows(end);
    expect(await rewound.messages()).toEqual(messages);
    expect([...page.complaints, ...rewound.complaints]).toEqual([]);
  }
}
