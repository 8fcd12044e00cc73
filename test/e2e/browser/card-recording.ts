import type { DemoPage } from './demo-browser.js';

/** What a page said of an import at one moment. */
export interface Glimpse {
  /** When, in ms of the browser's clock. */
  at: number;
  /** The state of the import. */
  badge: string;
  /** Which process has it, how far that is, and how long nothing was heard. */
  facts: string;
  note: string;
  /** Of each file, by its name: its progress from 0 to 1, and the process that it is said to be read by. */
  files: Record<string, { share: number; origin: string }>;
}

/** Everything that a page says of its import, moment by moment, until the page is left. */
export class CardRecording {
  private constructor(private readonly page: DemoPage) {}

  /** Begins with what the page says now. */
  static async start(page: DemoPage): Promise<CardRecording> {
    const selector = JSON.stringify(`.card[data-import="${page.importId}"]`);
    await page.page.evaluate(`(${RECORD})(document.querySelector(${selector}))`);
    return new CardRecording(page);
  }

  /** All of it so far, each time that it changed. */
  glimpses(): Promise<Glimpse[]> {
    return this.page.page.evaluate<Glimpse[]>('window.recorded');
  }

  /** The time of its glimpses. */
  now(): Promise<number> {
    return this.page.page.evaluate<number>('performance.now()');
  }
}

/** In the browser; the tests are compiled without the types of browsers. */
const RECORD = `(card) => {
  const text = (element, selector) => element.querySelector(selector)?.textContent ?? '';
  const glimpse = () => ({
    badge: text(card, '.badge'),
    facts: text(card, '.card-facts'),
    note: text(card, '.card-note'),
    files: Object.fromEntries(
      [...card.querySelectorAll('.file')].map((file) => [
        text(file, '.file-name'),
        { share: file.querySelector('progress').value, origin: text(file, '.origin') },
      ]),
    ),
  });
  const recorded = (window.recorded = [{ ...glimpse(), at: performance.now() }]);
  const look = () => {
    const { at, ...last } = recorded.at(-1);
    const now = glimpse();
    if (JSON.stringify(now) !== JSON.stringify(last)) recorded.push({ ...now, at: performance.now() });
  };
  new MutationObserver(look).observe(card, { subtree: true, childList: true, characterData: true, attributes: true });
}`;
