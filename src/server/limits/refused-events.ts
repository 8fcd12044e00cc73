import type { EngineConnection } from './engine-connection.js';
import { eventHead } from './packet-head.js';

/** How long answers to refused events wait for more of them. */
const ANSWER_EVERY_MS = 10;

/** More attachments than the parser takes: it ends the connection. */
const MAX_ATTACHMENTS = 10;

/** The events of one client that were refused, and the answers to all that was. */
export class RefusedEvents {
  readonly #connection: EngineConnection;
  /** How many binary packets are still to come that belong to the last one. */
  #attachmentCount = 0;
  #answers: string[] = [];

  constructor(connection: EngineConnection) {
    this.#connection = connection;
  }

  /** Whether a packet belongs to one that was refused; to be asked about each that comes. */
  includes(packet: unknown): boolean {
    if (typeof packet === 'string') this.#attachmentCount = 0;
    if (this.#attachmentCount === 0) return false;
    this.#attachmentCount--;
    return true;
  }

  /** Answers what asks for an answer; returns false for what has to be parsed to be refused. */
  add(packet: string): boolean {
    const head = eventHead(packet);
    if (!head || head.attachmentCount > MAX_ATTACHMENTS) return false;
    this.#attachmentCount = head.attachmentCount;
    const { namespace, ackId } = head;
    const prefix = namespace === '' ? '3' : `3${namespace},`;
    if (ackId !== '') this.answerLater(`${prefix}${ackId}[{"ok":false,"code":"RATE_LIMITED"}]`);
    return true;
  }

  /** Answers together with others: to send each by itself costs more than all else that is done for a refused event. */
  answerLater(answer: string): void {
    this.#answers.push(answer);
    if (this.#answers.length > 1) return;
    setTimeout(() => {
      for (const one of this.#answers) this.#connection.write(one);
      this.#answers = [];
    }, ANSWER_EVERY_MS).unref();
  }
}
