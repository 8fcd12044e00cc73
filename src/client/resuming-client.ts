import type { Socket } from 'socket.io-client';
import type {
  ConnectAuth,
  DurableMeta,
  EventMeta,
  GapMessage,
  JobMessage,
  ReadyMessage,
  RoomJoined,
  RoomReadiness,
} from '../contract/index.js';
import type { GatewayClientError } from './client-error.js';
import type { ConnectGatewayOptions } from './client-options.js';
import { Connection } from './connection.js';
import { EventHandlers, type AnyHandler } from './event-handlers.js';
import { isEventMeta } from './event-meta.js';
import type { ClientState, GatewayClient, JoinOptions } from './gateway-client.js';
import type { JobWatch, WatchJobOptions } from './job-watch.js';
import { JobWatches } from './job-watches.js';
import { LatestValues } from './latest-values.js';
import { Listeners } from './listeners.js';
import { Memberships } from './memberships.js';
import { onPageHide } from './page-hide.js';
import { PositionStore } from './position-store.js';
import { createReport, type Report } from './report.js';
import { Receipts } from './receipts.js';
import { RoomBook } from './room-book.js';
import { SeenJobMessages } from './seen-job-messages.js';

/** How many durable events may wait for a handler. */
const MAX_WAITING = 1000;

/** The client: brings what arrives on its connection to rooms and handlers. */
export class ResumingClient<Events> implements GatewayClient<Events> {
  readonly #options: ConnectGatewayOptions;
  readonly #report: Report;
  readonly #handlers: EventHandlers;
  readonly #gaps = new Listeners<[GapMessage]>();
  readonly #latest = new LatestValues();
  readonly #book = new RoomBook(() => this.#store?.schedule());
  readonly #connection: Connection;
  readonly #memberships: Memberships;
  readonly #receipts: Receipts;
  readonly #store: PositionStore | undefined;
  readonly #forgetPage: () => void;
  readonly #jobs = new SeenJobMessages();
  readonly #watches = new JobWatches(this);
  #userId: string | undefined;
  #hasReportedWaiting = false;

  constructor(url: string, options: ConnectGatewayOptions) {
    const { storage, storageKey = `nestjs-socket-gateway:${url}`, rooms = [], rewind, onError } = options;
    this.#options = options;
    this.#report = createReport(onError);
    this.#handlers = new EventHandlers(this.#report);
    const stored = (): { userId: string | undefined; positions: Record<string, string> } => ({
      userId: this.#userId,
      positions: this.#book.positions(),
    });
    this.#store = storage && new PositionStore(storage, storageKey, stored, this.#report);
    this.#forgetPage = onPageHide(() => this.#store?.flush());
    const { userId, positions = {} } = this.#store?.load() ?? {};
    this.#userId = userId;
    this.#book.restore(positions, rooms.map(nameOf));
    this.#connection = new Connection(url, options, () => this.#auth(), this.#report);
    this.#memberships = new Memberships(this.#book, this.#connection, rewind, this.#report);
    this.#receipts = new Receipts(this.#connection);
    this.#listen(this.socket);
  }

  get state(): ClientState {
    return this.#connection.state;
  }

  get refusal(): GatewayClientError | undefined {
    return this.#connection.refusal;
  }

  get userId(): string | undefined {
    return this.#userId;
  }

  get positions(): Readonly<Record<string, string>> {
    return this.#book.positions();
  }

  get socket(): Socket {
    return this.#connection.socket;
  }

  start(): void {
    this.#connection.start();
  }

  on(event: string, handler: (data: never, meta?: EventMeta) => unknown): () => void {
    this.#hasReportedWaiting = false;
    // Nothing checks payloads: they are what the servers' code was compiled with.
    const off = this.#handlers.add(event, handler as AnyHandler);
    // What has waited is handed over to all handlers that are added now, not only to the first.
    queueMicrotask(() => this.#handOver(event));
    return off;
  }

  onGap(handler: (gap: GapMessage) => unknown): () => void {
    return this.#gaps.add(handler);
  }

  onState(handler: (state: ClientState) => unknown): () => void {
    return this.#connection.stateListeners.add(handler);
  }

  async join(room: string, options: JoinOptions = {}): Promise<RoomJoined> {
    this.#connection.mustBeOpen();
    return this.#memberships.join(nameOf(room), options);
  }

  async leave(room: string): Promise<void> {
    this.#connection.mustBeOpen();
    await this.#memberships.leave(nameOf(room));
  }

  watchJob(queue: string, jobId: string | number, options: WatchJobOptions = {}): Promise<JobWatch> {
    return this.#watches.watch(queue, jobId, options);
  }

  close(): void {
    this.#connection.close();
    this.#memberships.close();
    this.#book.stop();
    this.#forgetPage();
    this.#store?.close();
  }

  #listen(socket: Socket): void {
    socket.on('gateway:ready', (message: ReadyMessage) => this.#ready(message));
    socket.on('gateway:room', (readiness: RoomReadiness) => this.#memberships.decided(readiness));
    socket.on('gateway:gap', (gap: GapMessage) => this.#gap(gap));
    socket.on('disconnect', () => this.#memberships.disconnected());
    socket.onAny((name: string, data: unknown, meta: unknown) => this.#receive(name, data, meta));
  }

  #auth(): Omit<ConnectAuth, 'token'> {
    const { rewind } = this.#options;
    return {
      ...this.#book.connectAuth(),
      ...(this.#userId === undefined ? {} : { for: this.#userId }),
      ...(rewind === undefined ? {} : { rewind }),
    };
  }

  #ready({ userId, rooms }: ReadyMessage): void {
    if (this.#userId !== undefined && this.#userId !== userId) this.#book.changeUser(rooms);
    this.#userId = userId;
    this.#memberships.ready(rooms);
    this.#store?.schedule();
    this.#connection.ready();
    this.#receipts.send();
  }

  #receive(name: string, data: unknown, meta: unknown): void {
    if (!isEventMeta(meta)) {
      if (!isOfLibrary(name)) void this.#handlers.call(name, data);
    } else if ('id' in meta) this.#receiveDurable(name, data, meta);
    else {
      this.#book.add(meta.room).isKept = true;
      if (this.#handlers.has(name)) void this.#call(name, data, meta);
      else this.#latest.keep({ name, data, meta });
    }
  }

  #receiveDurable(name: string, data: unknown, meta: DurableMeta): void {
    this.#latest.dropRoom(meta.room);
    const room = this.#book.add(meta.room);
    room.isKept = true;
    const step = {
      id: meta.id,
      name,
      // What the library says is no concern of who has no handler for it.
      isPossible: () => isOfLibrary(name) || this.#handlers.has(name),
      handle: () => this.#call(name, data, meta),
      done: (isRepeat?: true) => {
        if (meta.confirm) this.#receipts.add(meta, isRepeat);
      },
    };
    const isTaken = room.receive(step, () => this.#book.waitingCount() < MAX_WAITING);
    if (isTaken || this.#hasReportedWaiting) return;
    this.#hasReportedWaiting = true;
    const message = `${MAX_WAITING} durable events wait for a handler.`;
    this.#report('EVENTS_UNHANDLED', message, { event: name, room: meta.room });
  }

  #call(name: string, data: unknown, meta: EventMeta): Promise<unknown> | undefined {
    if (name === 'gateway:job' && !this.#jobs.add(data as JobMessage)) return undefined;
    return this.#handlers.call(name, data, meta);
  }

  #gap(gap: GapMessage): void {
    const failed = (cause: unknown): void =>
      this.#report('HANDLER_FAILED', 'A handler of onGap has failed.', { room: gap.room, cause });
    const handle = (): Promise<unknown> | undefined => {
      if (this.#gaps.size > 0) return this.#gaps.call(failed, gap);
      const message = `Events of room '${gap.room}' are missing, and onGap has no handler: ${gap.reason}.`;
      this.#report('GAP_UNHANDLED', message, { room: gap.room });
      return undefined;
    };
    this.#book.add(gap.room).skipTo(gap.position, handle);
  }

  #handOver(event: string): void {
    this.#book.run();
    if (this.state === 'closed' || !this.#handlers.has(event)) return;
    for (const { name, data, meta } of this.#latest.take(event)) void this.#call(name, data, meta);
    if (this.#book.hasDeclined(event)) this.#connection.renew();
  }
}

function isOfLibrary(name: string): boolean {
  return name.startsWith('gateway:');
}

/** As the server knows it. */
function nameOf(room: string): string {
  return room.normalize();
}
