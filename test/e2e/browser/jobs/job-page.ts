import type { Browser, Page } from 'playwright-core';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';
import type { QueueKind } from '../../../support/jobs/queue-processes.js';

const DEADLINE_MS = 30_000;

/** What the page said at one moment; '' for what it did not say. */
export interface Glimpse {
  status: string;
  run: string;
  file: string;
  error: string;
  result: string;
  /** As '5 of 12 in run 1'. */
  progress: string;
}

/** Which job the page starts, for whom. */
export interface JobOfPage {
  readonly kind: QueueKind;
  readonly queue: string;
  readonly userId: string;
  readonly attempts: number;
  readonly failures: number;
}

/** The page of the folder `page` in a tab: all that it has shown, of each time that it was loaded. */
export class JobPage {
  /** What browsers complain about. */
  readonly complaints: string[] = [];
  readonly #page: Page;
  readonly #before = { glimpses: [] as Glimpse[], messages: [] as string[] };

  private constructor(page: Page) {
    this.#page = page;
    page.setDefaultTimeout(DEADLINE_MS);
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, job: JobOfPage): Promise<JobPage> {
    const context = await browser.newContext();
    await context.addInitScript(RECORD);
    const page = new JobPage(await context.newPage());
    const { kind, queue, userId, attempts, failures } = job;
    const numbers = { attempts: String(attempts), failures: String(failures) };
    const query = new URLSearchParams({ user: signToken(userId), kind, queue, userId, ...numbers });
    await page.#page.goto(`${url}/?${query.toString()}`);
    return page;
  }

  /** Has it start its job; resolves when it knows how that stands. */
  async start(): Promise<void> {
    await this.#page.locator('#start').click();
    await this.#isThere();
  }

  /** Loads it again; resolves when it knows how the job stands. */
  async reload(): Promise<void> {
    this.#before.glimpses.push(...(await this.#glimpses()));
    this.#before.messages.push(...(await this.#messages()));
    await this.#page.reload();
    await this.#isThere();
  }

  /** Another page of the same job, which begins with all that is kept. */
  async rewound(): Promise<JobPage> {
    const page = new JobPage(await this.#page.context().newPage());
    await page.#page.goto(`${this.#page.url()}&rewind`);
    await page.#isThere();
    return page;
  }

  /** Resolves when the newest thing that it says is this. */
  async shows(part: Partial<Glimpse>): Promise<void> {
    let newest: Glimpse | undefined;
    const isShown = async (): Promise<boolean> => {
      newest = (await this.#glimpses()).at(-1);
      return JSON.stringify({ ...newest, ...part }) === JSON.stringify(newest);
    };
    await waitFor('the page to show it', isShown, DEADLINE_MS).catch(() =>
      expect(newest).toMatchObject(part),
    );
  }

  /** What it has shown since it was loaded last, the oldest first. */
  glimpsesOfThisVisit(): Promise<Glimpse[]> {
    return this.#glimpses();
  }

  /** What it has shown in all. */
  async glimpses(): Promise<Glimpse[]> {
    return [...this.#before.glimpses, ...(await this.#glimpses())];
  }

  /** What it has listed since it was loaded last. */
  messagesOfThisVisit(): Promise<string[]> {
    return this.#messages();
  }

  /** What it has listed in all. */
  async messages(): Promise<string[]> {
    return [...this.#before.messages, ...(await this.#messages())];
  }

  /** Closes it, and what was made of it. */
  async stop(): Promise<void> {
    await this.#page.context().close();
  }

  #messages(): Promise<string[]> {
    return this.#page.locator('#messages li').allTextContents();
  }

  #glimpses(): Promise<Glimpse[]> {
    return this.#page.evaluate<Glimpse[]>('window.glimpses');
  }

  async #isThere(): Promise<void> {
    await waitFor('the page to know the job', async () => (await this.#glimpses()).length > 0, DEADLINE_MS);
  }
}

/** In the browser; the tests are compiled without the types of browsers. */
const RECORD = `
  window.glimpses = [];
  const look = () => {
    const names = ['status', 'run', 'file', 'error', 'result', 'progress'];
    const glimpse = Object.fromEntries(names.map((name) => [name, document.getElementById(name)?.textContent ?? '']));
    if (glimpse.status !== '' && JSON.stringify(glimpse) !== JSON.stringify(window.glimpses.at(-1))) {
      window.glimpses.push(glimpse);
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
`;
