import type { Socket } from 'socket.io';
import type { GapReason } from '../../contract/index.js';
import type { LatestValues, RoomEvent, Token } from '../../room-log/index.js';
import type { FeedRoom, RoomListener } from '../feed/index.js';
import { sendFrame, type EventFrames, type Frame } from '../frames/index.js';
import type { SlowConsumers } from '../slow-consumers/index.js';
import type { KeptDeliveries } from '../tracing/index.js';
import type { AttachedRoom, AttachmentsShare } from './attached-room.interface.js';
import type { Attachment } from './attachment.js';

/** What all rooms of a namespace share. */
export interface SharedByRooms extends AttachmentsShare {
  readonly frames: EventFrames;
  readonly slow: SlowConsumers;
  /** Told of deliveries, where they are traced. */
  readonly traces: KeptDeliveries | undefined;
}

/** How long after a rollback events that are sent again may come. */
const RESENT_WITHIN_MS = 60_000;

/** The sockets of this server in one room: those who get what the feed delivers, and those on their way to it. */
export class SocketRoom implements RoomListener, AttachedRoom<Attachment> {
  readonly name: string;
  readonly shared: SharedByRooms;
  /** Set once, by who made it: the feed needs the listener first. */
  feed!: FeedRoom;
  readonly #json: string;
  readonly #attached = new Set<Socket>();
  #arriving: Map<Socket, Attachment> | undefined;
  /** Those who wait for the feed to come to where they are. */
  #reaching: Set<Attachment> | undefined;
  /** Those who wait for the latest values: whether a read of them has begun since. */
  #withoutLatest: Map<Attachment, boolean> | undefined;
  #frames: WeakMap<RoomEvent, Frame> | undefined;
  /** The sockets that were here when the last rollback was announced: they had what was rolled back. */
  #veterans: WeakSet<Socket> | undefined;
  #rolledBackAt = 0;

  constructor(name: string, shared: SharedByRooms) {
    this.name = name;
    this.shared = shared;
    this.#json = JSON.stringify(name);
  }

  get isEmpty(): boolean {
    return this.#attached.size === 0 && !this.#arriving?.size;
  }

  isAttached(socket: Socket): boolean {
    return this.#attached.has(socket);
  }

  attachmentOf(socket: Socket): Attachment | undefined {
    return this.#arriving?.get(socket);
  }

  /** A socket is on its way. */
  add(attachment: Attachment): void {
    this.#arriving ??= new Map();
    this.#arriving.set(attachment.socket, attachment);
    attachment.begin();
  }

  remove(socket: Socket): void {
    if (this.#attached.delete(socket)) this.shared.slow.left(socket, this.name);
    const attachment = this.#arriving?.get(socket);
    if (!attachment) return;
    attachment.leave();
    this.#reaching?.delete(attachment);
    this.#withoutLatest?.delete(attachment);
    this.#arriving?.delete(socket);
  }

  /** The socket has all that the feed has; then it gets the latest values. */
  attach(attachment: Attachment, latest: LatestValues | undefined): void {
    this.#attached.add(attachment.socket);
    const { latestVersion, isLatestSettled } = this.feed;
    if (isLatestSettled && latestVersion === '') this.#finish(attachment);
    else if (isLatestSettled && latest?.version === latestVersion) this.#sendLatest(attachment, latest);
    else {
      this.#withoutLatest ??= new Map();
      this.#withoutLatest.set(attachment, false);
      this.feed.syncLatest();
    }
  }

  event(event: RoomEvent): void {
    if (this.#attached.size === 0) return;
    const frame = this.shared.frames.durable(this.#json, event);
    if (!frame) {
      this.gap('unreadable', event.token);
      return;
    }
    const delivered = this.shared.traces?.durable(this.name, event);
    this.#releaseHeld();
    this.shared.slow.sent(frame.bytes);
    for (const socket of this.#attached) sendFrame(socket, frame);
    this.shared.meter.event(event.token, this.#attached.size);
    delivered?.(this.#attached.size);
  }

  /**
   * It is in the log a second time, after a rollback: those who were here before have seen it, those who came since have
   * not.
   *
   *     log 1..3; the feed has delivered all; Redis forgets 3; ann comes back with 2, which is the tail
   *     the emitter sends 3 again: the feed has seen it, ann has not
   */
  repeated(event: RoomEvent): void {
    if (this.#attached.size === 0) return;
    const { frames, meter, slow } = this.shared;
    const frame = frames.durable(this.#json, event);
    const gap = frame ? undefined : this.gapFrame('unreadable', event.token);
    this.#releaseHeld();
    slow.sent(frame?.bytes ?? 0);
    for (const socket of this.#attached) {
      if (this.#veterans?.has(socket)) continue;
      sendFrame(socket, frame ?? gap);
      if (frame) meter.repeated();
      else meter.gap('unreadable', 1);
    }
  }

  gap(reason: GapReason, position: Token): void {
    const now = performance.now();
    // After a second rollback there may be sockets that have not even had what was sent again after the first.
    if (reason === 'rolled-back' && (!this.#veterans || now - this.#rolledBackAt > RESENT_WITHIN_MS)) {
      this.#veterans = new WeakSet(this.#attached);
      this.#rolledBackAt = now;
    }
    const frame = this.gapFrame(reason, position);
    for (const socket of this.#attached) sendFrame(socket, frame);
    this.shared.meter.gap(reason, this.#attached.size);
    for (const attachment of [...(this.#arriving?.values() ?? [])]) attachment.lookAgain();
  }

  reached(position: Token): void {
    if (!this.#reaching?.size) return;
    for (const attachment of [...this.#reaching]) {
      if (attachment.reached(position)) this.#reaching.delete(attachment);
    }
    if (this.#reaching.size === 0) this.#reaching = undefined;
  }

  awaitFeed(attachment: Attachment): void {
    this.#reaching ??= new Set();
    this.#reaching.add(attachment);
  }

  latest(key: string, data: string): void {
    const delivered = this.shared.traces?.latest(this.name, data);
    const frame = this.shared.frames.latest(this.#json, key, data);
    if (!frame) return;
    const { meter, slow } = this.shared;
    slow.sent(frame.bytes);
    let count = 0;
    for (const socket of this.#attached) {
      if (this.#isWithoutLatest(socket) || slow.holds(socket, this.name, key, frame)) continue;
      sendFrame(socket, frame);
      count++;
    }
    meter.latest(count);
    delivered?.(count);
  }

  latestReadBegins(): void {
    for (const attachment of this.#withoutLatest?.keys() ?? []) this.#withoutLatest?.set(attachment, true);
  }

  latestSynced(values: LatestValues): void {
    for (const [attachment, hasBegun] of [...(this.#withoutLatest ?? [])]) {
      if (!hasBegun) continue;
      this.#withoutLatest?.delete(attachment);
      this.#sendLatest(attachment, values);
    }
  }

  /** The frame of an event that several sockets are sent at different times; undefined for what cannot be told. */
  frameOf(event: RoomEvent): Frame | undefined {
    this.#frames ??= new WeakMap();
    let frame = this.#frames.get(event);
    if (!frame) {
      frame = this.shared.frames.durable(this.#json, event);
      if (frame) this.#frames.set(event, frame);
    }
    return frame;
  }

  gapFrame(reason: GapReason, position: Token): Frame | undefined {
    return this.shared.frames.control('gateway:gap', { room: this.name, reason, position });
  }

  /** Those who are behind have values waiting, which came before this event. */
  #releaseHeld(): void {
    const { slow } = this.shared;
    if (!slow.isAnyBehind) return;
    for (const socket of this.#attached) slow.release(socket, this.name);
  }

  #isWithoutLatest(socket: Socket): boolean {
    if (!this.#withoutLatest?.size) return false;
    const attachment = this.#arriving?.get(socket);
    return attachment !== undefined && this.#withoutLatest.has(attachment);
  }

  #sendLatest(attachment: Attachment, { values }: LatestValues): void {
    for (const { key, data } of values) {
      const frame = this.shared.frames.latest(this.#json, key, data);
      if (frame) sendFrame(attachment.socket, frame);
    }
    this.shared.meter.latest(values.length);
    this.#finish(attachment);
  }

  #finish(attachment: Attachment): void {
    this.#arriving?.delete(attachment.socket);
    if (this.#arriving?.size === 0) this.#arriving = undefined;
    attachment.finish();
  }
}
