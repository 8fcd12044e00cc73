import type { Namespace, Socket } from 'socket.io';
import type { FeedProbe } from '../health/index.js';
import type { CauseLog, GatewayLogger } from '../logging/index.js';
import { createReceiptRegister, EmitterCore } from '../publishing/index.js';
import type { ReceiptRegister } from '../receipts/index.js';
import { MemoryRoomLog, type RoomLog } from '../room-log/index.js';
import { survivingTracing } from '../tracing/index.js';
import { DeliveryMeter, SocketRooms } from './attaching/index.js';
import type { Identification } from './auth/index.js';
import type { AuthenticatedUser } from './users/index.js';
import { CommandExecutor, ControlRoom } from './control/index.js';
import { Drain } from './draining/index.js';
import { LocalRoomChannels, RedisRoomChannels, RoomFeed, type RoomChannels } from './feed/index.js';
import { RequestChecks, type LimitReport } from './limits/index.js';
import type { ResolvedSocketGatewayOptions } from './options/index.js';
import { measureServer } from './measure-server.js';
import {
  AcknowledgementMeter,
  Acknowledgements,
  AskedRooms,
  GatewayRooms,
  JobAdmission,
  nameSockets,
  RoomEntry,
  type RoomAdmission,
} from './rooms/index.js';
import { connectServer, type ServerRedis } from './server-redis.js';
import { ServerLiveSender } from './server-live-sender.js';
import { RefreshRequests, Sessions } from './sessions/index.js';
import { within } from './within.js';
import type { SlowConsumers } from './slow-consumers/index.js';
import { KeptDeliveries, LiveDeliveries } from './tracing/index.js';
import { createTransport, type SocketTransport } from './transport/index.js';

/** What the flush has at the least, when the drain has taken all the time there was: enough for a Redis that is there. */
const LEAST_FLUSH_MS = 500;

/** What works while the gateway's namespace is there. */
interface OpenGateway {
  readonly namespace: Namespace;
  readonly sockets: SocketRooms;
  readonly rooms: GatewayRooms;
  readonly control: ControlRoom;
  readonly refreshes: RefreshRequests;
  readonly acknowledgements: Acknowledgements;
}

/**
 * All that runs behind a server's gateway, from what is emitted to what its sockets are sent, and in which order it begins
 * and ends.
 */
export class GatewayRuntime {
  readonly transport: SocketTransport;
  readonly core: EmitterCore;
  readonly drain: Drain;
  readonly #options: ResolvedSocketGatewayOptions;
  readonly #admission: RoomAdmission;
  readonly #causes: CauseLog;
  readonly #report: LimitReport;
  readonly #slow: SlowConsumers;
  readonly #redis: ServerRedis | undefined;
  readonly #jobs: JobAdmission;
  readonly #closeLog: () => void;
  readonly #feed: RoomFeed;
  readonly #sessions: Sessions;
  readonly #receipts: ReceiptRegister;
  readonly #meter: DeliveryMeter;
  readonly #acknowledged: AcknowledgementMeter;
  readonly #traces: KeptDeliveries | undefined;
  readonly #stopMeasuring: () => void;
  #open: OpenGateway | undefined;

  constructor(
    options: ResolvedSocketGatewayOptions,
    admission: RoomAdmission,
    identification: Identification,
    logger: GatewayLogger,
    causes: CauseLog,
    report: LimitReport,
    slow: SlowConsumers,
  ) {
    const { auth, metrics } = options;
    this.#sessions = new Sessions({ identification, expiryNoticeMs: auth.expiryNoticeMs, causes, metrics });
    this.#options = options;
    this.#admission = admission;
    this.#causes = causes;
    this.#report = report;
    this.#slow = slow;
    const logging = { logger, causes };
    this.drain = new Drain({ drainMs: options.drainMs, logger, metrics: options.metrics });
    this.#redis = connectServer(options, logging);
    const tracing = survivingTracing(options.tracing, causes);
    this.#traces = tracing && new KeptDeliveries(tracing);
    const liveTraces = tracing && new LiveDeliveries(tracing);
    this.transport = createTransport(options, this.#redis, logging, liveTraces);
    const { log, channels, close, now } = this.#redis ? inRedis(this.#redis, options) : inMemory(options);
    this.#closeLog = close;
    this.#jobs = new JobAdmission({ log, secrets: options.jobSecrets, causes });
    const undecodable = this.#redis?.undecodable;
    this.#feed = new RoomFeed({ log, channels, causes, maxReplay: options.maxReplay, undecodable, metrics });
    this.#receipts = createReceiptRegister(this.#redis?.connection, options);
    this.#meter = new DeliveryMeter(metrics, now);
    this.#acknowledged = new AcknowledgementMeter(metrics, now);
    this.#stopMeasuring = measureServer(metrics, () => this.namespace, this.#feed);
    const live = new ServerLiveSender(this.transport, () => this.namespace, liveTraces);
    this.core = new EmitterCore({
      options,
      live,
      relay: (command) => live.relay(command),
      log,
      receipts: this.#receipts,
      causes,
      executeLocally: async (command) => {
        // Sockets are in a room at once; while the log is away they only begin there later, which nobody waits for.
        const executed = this.#open?.control.executeOwn(command) ?? Promise.resolve();
        await within(executed, log.isReady ? options.emitTimeoutMs : 0);
      },
      onAbandoned: (command) => this.#open?.control.abandon(command),
      sendsLiveInstead: () => options.durableWhileAway === 'live' && !log.isReady,
      isLocal: (room) => this.#open?.sockets.has(room) ?? false,
    });
  }

  /** The gateway's namespace; undefined until Nest has made the application's gateways. */
  get namespace(): Namespace | undefined {
    return this.#open?.namespace;
  }

  /** Whether Redis is heard; undefined without one. */
  get probe(): FeedProbe | undefined {
    return this.#redis?.probe;
  }

  /** How many sockets are connected to the gateway. */
  get connectionCount(): number {
    return this.namespace?.sockets.size ?? 0;
  }

  /** @param hasOwnParser whether the application has replaced Socket.IO's parser */
  open(namespace: Namespace, hasOwnParser: boolean): void {
    if (this.#open) return;
    nameSockets(namespace);
    const { maxReplay, limits } = this.#options;
    const sockets = new SocketRooms({
      namespace,
      feed: this.#feed,
      maxReplay,
      slow: this.#slow,
      hasOwnParser,
      causes: this.#causes,
      meter: this.#meter,
      traces: this.#traces,
    });
    const checks = new RequestChecks(limits.checksPerSecond, this.#report);
    const asked = new AskedRooms(namespace, limits.roomsPerSocket);
    const rooms = new GatewayRooms({
      admission: this.#admission,
      jobs: this.#jobs,
      entry: new RoomEntry(sockets),
      asked,
      causes: this.#causes,
      limits,
      report: this.#report,
      checks,
    });
    const executor = new CommandExecutor(namespace, sockets, asked, this.#sessions);
    const control = new ControlRoom(executor, this.core.commands.id, this.#causes);
    const refreshes = new RefreshRequests(this.#sessions, rooms, checks);
    const acknowledgements = new Acknowledgements(this.#receipts, this.#causes, this.#acknowledged);
    this.#open = { namespace, sockets, rooms, control, refreshes, acknowledgements };
    control.follow(this.#feed);
  }

  /** Called once with each authenticated socket of every namespace. */
  welcome(socket: Socket, user: AuthenticatedUser): void {
    if (!this.#sessions.begin(socket, user)) return;
    if (socket.nsp === this.namespace) this.#open?.rooms.welcome(socket, user);
    else void socket.join(this.#admission.roomsOf(user));
  }

  /** Called once with each of them, when it is welcome or before its client's first event. From then on its requests are answered. */
  listen(socket: Socket): void {
    if (!this.#open) return;
    const { namespace, refreshes, acknowledgements, rooms } = this.#open;
    socket.on('gateway:refresh', refreshes.listener);
    if (socket.nsp !== namespace) return;
    acknowledgements.listen(socket);
    rooms.listen(socket);
  }

  /** Called once with each authenticated socket that is gone. */
  left(socket: Socket): void {
    this.#sessions.left(socket);
  }

  /** Called when all sockets are closed. What was emitted is appended first, within the time that a shutdown may take. */
  async close(): Promise<void> {
    this.#sessions.close();
    this.#stopMeasuring();
    const { shutdownTimeoutMs } = this.#options;
    // Redis had the time of the drain too.
    const leftMs = Math.max(LEAST_FLUSH_MS, shutdownTimeoutMs - this.drain.elapsedMs);
    await this.core.close(Math.min(shutdownTimeoutMs, leftMs));
    this.#open?.sockets.close();
    this.#slow.close();
    this.#feed.close();
    this.#closeLog();
    await this.transport.close();
    await this.#redis?.close();
    this.#causes.close();
  }
}

/** Where rooms are kept, and where it is heard what is appended to them. */
interface KeptRooms {
  readonly log: RoomLog;
  readonly channels: RoomChannels;
  readonly close: () => void;
  /** The time by which its tokens are made, in ms. */
  readonly now: () => number;
}

function inRedis({ log, subscriber }: ServerRedis, options: ResolvedSocketGatewayOptions): KeptRooms {
  const channels = new RedisRoomChannels(subscriber, options);
  return { log, channels, close: () => undefined, now: () => log.now() };
}

/** Not a stand-in for a Redis that is away: it is for servers that were not given one. */
function inMemory({ log: limits }: ResolvedSocketGatewayOptions): KeptRooms {
  const channels = new LocalRoomChannels();
  const log = new MemoryRoomLog({ limits, publish: (room, message) => channels.publish(room, message) });
  return { log, channels, close: () => log.close(), now: Date.now };
}
