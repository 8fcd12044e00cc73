import { io, type Socket } from 'socket.io-client';
import type { ConnectAuth, DrainingMessage, RefusalCode, Reply } from '../contract/index.js';
import { Backoff } from './backoff.js';
import { GatewayClientError } from './client-error.js';
import type { ConnectGatewayOptions } from './client-options.js';
import type { ClientState } from './gateway-client.js';
import { Listeners } from './listeners.js';
import type { Report } from './report.js';

/** How long a server may take to answer, in milliseconds. */
const REPLY_TIMEOUT_MS = 10_000;

/**
 * A socket that is kept connected. `socket.io-client` connects again by itself when a connection breaks; after a refusal
 * it does not, and whether that makes sense is decided here.
 */
export class Connection {
  readonly socket: Socket;
  readonly stateListeners = new Listeners<[ClientState]>();
  state: ClientState = 'idle';
  refusal: GatewayClientError | undefined;

  readonly #token: ConnectGatewayOptions['token'];
  readonly #auth: () => Omit<ConnectAuth, 'token'>;
  readonly #report: Report;
  readonly #backoff: Backoff;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isRenewing = false;

  /** @param auth gives what is sent beside the token, at every attempt */
  constructor(
    url: string,
    { token, socketOptions }: ConnectGatewayOptions,
    auth: () => Omit<ConnectAuth, 'token'>,
    report: Report,
  ) {
    this.#token = token;
    this.#auth = auth;
    this.#report = report;
    this.#backoff = new Backoff(socketOptions?.reconnectionDelay, socketOptions?.reconnectionDelayMax);
    // A shared manager would connect when another socket of the application says so; and one that is made here, which
    // does not connect by itself, would leave the application's own sockets unconnected.
    const own = { autoConnect: false, forceNew: true, reconnection: true, reconnectionAttempts: Infinity };
    this.socket = io(url, { ...socketOptions, ...own, auth: (send) => void this.#authenticate(send) });
    this.socket.on('connect', () => this.#change('connecting'));
    this.socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.socket.on('connect_error', (error) => this.#failed(error));
    this.socket.on('gateway:auth-expiring', () => void this.#refresh());
    this.socket.on('gateway:draining', ({ reconnectInMs }: DrainingMessage) =>
      this.#after(reconnectInMs, () => this.renew()),
    );
  }

  start(): void {
    this.mustBeOpen();
    if (this.state !== 'idle' && this.state !== 'refused') return;
    this.#backoff.reset();
    this.#change('connecting');
    this.#connectIn(0);
  }

  /** @throws CLOSED */
  mustBeOpen(): void {
    if (this.state === 'closed') throw new GatewayClientError('CLOSED', 'The client has been closed.');
  }

  /** The server has said that everything is there. */
  ready(): void {
    this.#backoff.reset();
    this.#change('ready');
  }

  /** Ends the connection for another, on which the server sends what was not taken on this one. */
  renew(): void {
    // Otherwise another is on its way.
    if (!this.socket.connected) return;
    this.#isRenewing = true;
    this.socket.disconnect();
    this.#isRenewing = false;
    this.#change('offline');
    this.#connectIn(0);
  }

  /** Asks the server; is answered unless the connection ends before. */
  request(event: string, request: object, answered: (reply: Reply) => void): void {
    const { socket } = this;
    // With a timeout the acknowledgement has one form, whatever the options of the socket are.
    socket.timeout(REPLY_TIMEOUT_MS).emit(event, request, (error: Error | null, reply: Reply) => {
      // What was asked on a connection that has ended is decided on the next.
      if (socket.connected) answered(error ? { ok: false, code: 'UNAVAILABLE' } : reply);
    });
  }

  close(): void {
    this.#change('closed');
    this.#attempt++;
    clearTimeout(this.#timer);
    this.socket.disconnect();
  }

  async #authenticate(send: (auth: ConnectAuth) => void): Promise<void> {
    // A connection that ends while the token is fetched is followed by another, with an attempt of its own.
    const attempt = ++this.#attempt;
    let token: string | undefined;
    try {
      token = typeof this.#token === 'function' ? await this.#token() : this.#token;
    } catch (cause) {
      if (attempt !== this.#attempt) return;
      this.#tokenFailed(cause);
      this.socket.disconnect();
      this.#tryLater();
      return;
    }
    if (attempt === this.#attempt) send({ ...(token === undefined ? {} : { token }), ...this.#auth() });
  }

  /** Whatever goes wrong: the server ends the connection in time, and the next one begins with a new token. */
  async #refresh(): Promise<void> {
    if (typeof this.#token !== 'function') return;
    try {
      const token = await this.#token();
      if (this.socket.connected) this.socket.emit('gateway:refresh', { token });
    } catch (cause) {
      this.#tokenFailed(cause);
    }
  }

  #tokenFailed(cause: unknown): void {
    this.#report('TOKEN_FAILED', 'The token function has failed.', { cause });
  }

  #failed(error: Error & { data?: { code?: unknown } }): void {
    if (this.state === 'closed') return;
    // Not refused, but not reached: it tries again by itself.
    if (this.socket.active) return this.#change('offline');
    const code = error.data?.code;
    if (
      code === 'AUTH_UNAVAILABLE' ||
      code === 'SERVER_DRAINING' ||
      code === 'RATE_LIMITED' ||
      (code === 'TOKEN_EXPIRED' && typeof this.#token === 'function')
    ) {
      return this.#tryLater();
    }
    // The gateway's refusals have their code as the message too.
    this.#refuse(code === error.message ? (code as RefusalCode) : 'REFUSED', error);
  }

  #disconnected(reason: string): void {
    if (this.#isRenewing) return;
    clearTimeout(this.#timer);
    if (reason === 'io server disconnect') this.#refuse('DISCONNECTED');
    else this.#change(this.socket.active ? 'offline' : 'idle');
  }

  #refuse(code: RefusalCode | 'REFUSED' | 'DISCONNECTED', cause?: Error): void {
    const message = `The server has ${cause ? 'refused' : 'ended'} the connection: ${code}.`;
    this.#change('refused', new GatewayClientError(code, message, { cause }));
    this.#report(code, message, { cause });
  }

  #tryLater(): void {
    this.#change('offline');
    this.#connectIn(this.#backoff.nextMs());
  }

  #connectIn(delayMs: number): void {
    this.#after(delayMs, () => this.socket.connect());
  }

  #after(delayMs: number, action: () => void): void {
    clearTimeout(this.#timer);
    // The application may have closed it when it was told of what this is for.
    if (this.state !== 'closed') this.#timer = setTimeout(action, delayMs);
  }

  #change(state: ClientState, refusal?: GatewayClientError): void {
    if (this.state === 'closed') return;
    this.refusal = refusal;
    if (state === this.state) return;
    this.state = state;
    const failed = (cause: unknown): void =>
      this.#report('HANDLER_FAILED', 'A handler of onState has failed.', { cause });
    void this.stateListeners.call(failed, state);
  }
}
