import { io, type Socket } from 'socket.io-client';
import { waitFor } from '../wait-for.js';

interface Arrived {
  event: string;
  data: unknown;
}

/** A user of the example in a browser; knows nothing of the library, so that it can use both of its states. */
export class ChatImportsUser {
  readonly events: Socket;
  readonly chat: Socket;
  readonly arrived: Arrived[] = [];
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
    const options = { auth: { token }, transports: ['websocket'], forceNew: true };
    this.events = io(url, options);
    this.chat = io(`${url}/chat`, options);
    for (const socket of [this.events, this.chat]) {
      socket.onAny((event: string, data: unknown) => this.arrived.push({ event, data }));
    }
  }

  /** Logs in, and resolves when both namespaces know who it is. */
  static async login(url: string, name: string): Promise<ChatImportsUser> {
    const { token } = (await post(`${url}/login`, { name })) as { token: string };
    const user = new ChatImportsUser(url, token);
    await user.events.timeout(5000).emitWithAck('whoami');
    await user.chat.timeout(5000).emitWithAck('chat:join', 'lobby');
    return user;
  }

  /** What has arrived under a name. */
  data(event: string): unknown[] {
    return this.arrived.filter((one) => one.event === event).map(({ data }) => data);
  }

  async receives(event: string, count = 1): Promise<unknown[]> {
    await waitFor(`${count} '${event}'`, () => this.data(event).length >= count);
    return this.data(event);
  }

  /** Starts an import and resolves with the id of its job. */
  async queue(rows: number): Promise<string> {
    const { id } = (await post(`${this.#url}/imports`, { rows }, this.#token)) as { id: string };
    return id;
  }

  /** Starts an import and resolves when its job is done. */
  async import(rows: number): Promise<void> {
    const id = await this.queue(rows);
    const deadline = performance.now() + 15_000;
    for (;;) {
      const { state } = (await (await fetch(`${this.#url}/imports/${id}`)).json()) as { state: string };
      if (state === 'completed') return;
      if (state === 'failed' || performance.now() > deadline) throw new Error(`The import is ${state}.`);
    }
  }

  close(): void {
    this.events.close();
    this.chat.close();
  }
}

async function post(url: string, body: object, token = ''): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
