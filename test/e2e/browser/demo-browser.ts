import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium } from './launch-chromium.js';

/** How long what depends on several processes may take. */
export const DEADLINE_MS = 60_000;

/** A Chromium; each tab of it is a stranger to the others unless it is told otherwise. */
export class DemoBrowser {
  readonly #browser: Browser;
  /** What browsers complain about: errors of scripts, violations of the page's policy. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<DemoBrowser> {
    return new DemoBrowser(await launchChromium());
  }

  /** Opens the page and logs in, if a user is named. */
  async open(url: string, user?: string, viewport = { width: 1280, height: 900 }): Promise<DemoPage> {
    const context = await this.#browser.newContext({ viewport });
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // The browser reports answers such as 503 as errors too; they are meant.
      const { url: at } = message.location();
      if (message.type() === 'error' && !at.includes('/api/')) this.complaints.push(message.text());
    });
    await page.goto(url);
    const demo = new DemoPage(page);
    if (user !== undefined) await demo.logIn(user);
    return demo;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

/** What the page says of a file. */
export interface FileTile {
  name: string;
  text: string;
  /** Of the progress bar, from 0 to 1. */
  share: number;
}

/** What has become of files: `<file>: <event> × <times>`, in their order; and of the import as a whole. */
export type Outcomes = string[];

/** What the page says of a column. */
export interface ColumnRow {
  name: string;
  type: string;
  /** How many bars are drawn. */
  bars: number;
}

/** The demo's page in one tab. */
export class DemoPage {
  /** The import that is looked at; unless told, the newest one. */
  importId: string | undefined;

  constructor(readonly page: Page) {}

  async logIn(user: string): Promise<void> {
    await this.page.getByRole('button', { name: user }).click();
    await this.connection('connected');
  }

  /** Resolves when the page says that its connection is in this state. */
  async connection(state: 'connected' | 'reconnecting' | 'offline'): Promise<void> {
    await this.page.locator(`#connection[data-state="${state}"]`).waitFor();
  }

  /** Chooses files and samples and presses Import; if the server takes the import, it is looked at from now on. */
  async import(files: string[], samples: string[] = []): Promise<void> {
    const answered = this.page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().endsWith('/api/imports'),
    );
    if (files.length > 0) await this.page.setInputFiles('#files', files);
    for (const sample of samples) await this.page.locator(`input[name="sample"][value="${sample}"]`).check();
    await this.page.getByRole('button', { name: /^Import \d+ file/ }).click();
    const answer = await answered;
    if (answer.ok()) this.importId = ((await answer.json()) as { importId: string }).importId;
  }

  /** The import that is looked at. */
  get card(): Locator {
    const id = this.importId;
    return this.page.locator(id === undefined ? '.card' : `.card[data-import="${id}"]`).first();
  }

  /** Loads the page again, and waits until it is connected. */
  async reload(): Promise<void> {
    await Promise.all([
      this.page.waitForEvent('load'),
      this.page.getByRole('button', { name: 'Reload page' }).click(),
    ]);
    await this.connection('connected');
  }

  /** What the panel says. */
  async fact(name: 'position' | 'events' | 'replayed' | 'recovered' | 'gaps'): Promise<string> {
    return (await this.page.locator(`[data-fact="${name}"]`).textContent()) ?? '';
  }

  /**
   * Resolves when the page shows that a file of the import is in the middle.
   *
   * @param from the share from which on it is
   */
  async isInTheMiddleOf(file: string, from = 0.1): Promise<void> {
    await this.card.locator('.file', { hasText: file }).evaluate(
      (element, { deadlineMs, from }) =>
        new Promise<void>((resolve, reject) => {
          const bar = (element as unknown as DomElement).querySelector('progress');
          const began = Date.now();
          const look = (): void => {
            if (bar.value > from && bar.value < 1) resolve();
            else if (bar.value === 1 || Date.now() - began > deadlineMs) reject(new Error('too late'));
            else setTimeout(look, 10);
          };
          look();
        }),
      { deadlineMs: DEADLINE_MS, from },
    );
  }

  /** What the import's log of events says that the page was told, and how often: all but beginnings and progress. */
  async outcomes(): Promise<Outcomes> {
    const log = this.card.locator('details.log');
    if ((await log.getAttribute('open')) === null) await log.locator('summary').click();
    await log.locator('tbody tr').first().waitFor();
    const rows = await log.locator('tbody tr').evaluateAll((elements) =>
      (elements as unknown as DomElement[]).map((element) => ({
        event: element.querySelector('code').textContent,
        times: Number(element.querySelector('code').parentElement.textContent.split('×')[1] ?? 1),
        file: element.querySelector('.log-file').textContent,
      })),
    );
    const ends = rows
      .filter(({ event }) => ['file_completed', 'error', 'job_completed', 'job_failed'].includes(event))
      .reverse();
    return ends.map(({ event, times, file }) => `${file || 'the import'}: ${event} × ${times}`);
  }

  /** Resolves when the import's log has so many events of this name. */
  async logHas(event: string, count: number): Promise<void> {
    const log = this.card.locator('details.log');
    if ((await log.getAttribute('open')) === null) await log.locator('summary').click();
    await log
      .locator('code', { hasText: event })
      .nth(count - 1)
      .waitFor();
  }

  /** The names of the samples that the page offers. */
  async sampleNames(): Promise<string[]> {
    await this.page.locator('.sample').first().waitFor();
    return this.page.locator('.sample .sample-name').allTextContents();
  }

  /** Resolves when the import is in this state. */
  async status(text: 'Waiting' | 'Running' | 'Done' | 'Failed'): Promise<void> {
    await this.card.locator('.badge', { hasText: text }).waitFor();
  }

  /** What the import says of each file, in their order. */
  files(): Promise<FileTile[]> {
    return this.card.locator('.file').evaluateAll((elements) =>
      (elements as unknown as DomElement[]).map((element) => ({
        name: element.querySelector('.file-name').textContent,
        text: element.innerText.replace(/\s+/g, ' '),
        share: element.querySelector('progress').value,
      })),
    );
  }

  /** The columns of the file that is shown. */
  columns(): Promise<ColumnRow[]> {
    return this.card.locator('.columns tbody tr').evaluateAll((elements) =>
      (elements as unknown as DomElement[]).map((element) => ({
        name: element.querySelector('.column-name').textContent,
        type: element.querySelector('.type').textContent,
        bars: element.querySelectorAll('rect.bar').length,
      })),
    );
  }
}

/** What the functions above use of a browser's elements: the tests are compiled without the types of browsers. */
interface DomElement {
  textContent: string;
  innerText: string;
  value: number;
  parentElement: DomElement;
  querySelector(selector: string): DomElement;
  querySelectorAll(selector: string): { length: number };
}
