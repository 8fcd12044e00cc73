import type { Rewind } from '../contract/index.js';
import { PositionLedger, type Mark } from './position-ledger.js';
import { RoomLane, type Step } from './room-lane.js';
import { SeenEvents } from './seen-events.js';

/** How many events that were not taken are remembered by their tokens; as many as a client may ask to rewind. */
const MAX_DECLINED = 10_000;

/** A durable event, to be handled in its turn. */
export interface EventStep extends Step {
  readonly id: string;
  readonly name: string;
}

/**
 * What a client knows of one room. It has two positions:
 *
 * - `position`, what the application has kept: everything up to here has been handled. It is what is stored, because
 *   what has not been handled is gone after a reload.
 * - `arrived`, where a connection of this client goes on: everything up to here has been handled or is in the lane,
 *   which outlives connections. With `position` instead, a name for which there never is a handler would have the
 *   server send the room again at each reconnect, and announce a gap once its log is shorter than that.
 *
 * Worked example of a decline: A1 is declined, because too many events wait for a handler; B comes after it and is
 * handled; A2, of the name of A1, is declined as well, or it would be handled before A1. `arrived` stays before A1. The
 * next connection brings all three again: A1 and A2 are not passed over, B is.
 */
export class ClientRoom {
  /** Where to begin, as long as there is no position; asked for by `gateway:join`. */
  rewind: Rewind | undefined;
  /** What lets the client in, where a token does. */
  token: string | undefined;
  /** It has been joined once, or was asked for from the beginning: it stays when it cannot be decided about. */
  isKept = false;
  /** `leave()` was called, and the server has not answered. */
  isLeaving = false;

  readonly #ledger: PositionLedger;
  readonly #lane: RoomLane;
  readonly #seen = new SeenEvents();
  readonly #declined = new Map<string, Mark>();
  #arrived: string | undefined;
  readonly #declinedNames = new Set<string>();

  constructor(position: string | undefined, advanced: () => void) {
    this.#arrived = position;
    this.#ledger = new PositionLedger(position);
    this.#lane = new RoomLane(this.#ledger, advanced);
  }

  get position(): string | undefined {
    return this.#ledger.position;
  }

  get arrived(): string | undefined {
    return this.#arrived;
  }

  get waitingCount(): number {
    return this.#lane.waitingCount;
  }

  /**
   * A durable event has arrived.
   *
   * @param mayWait whether it may be kept when it cannot be handled now
   * @returns false when it was not taken, and comes again on the next connection
   */
  receive(step: EventStep, mayWait: () => boolean): boolean {
    const { id, name } = step;
    const earlier = this.#declined.get(id);
    if (!earlier && !this.#seen.add(id)) {
      this.#lane.repeat(step, this.#arrive(id));
      return true;
    }
    if (this.#declinedNames.has(name) || (!step.isPossible() && !mayWait())) {
      this.#decline(step, earlier);
      return false;
    }
    this.#declined.delete(id);
    const mark = this.#arrive(id);
    this.#lane.add(step, earlier ? [earlier, mark] : [mark]);
    return true;
  }

  /** The server says where the room is, which counts only while nothing else has. */
  adopt(position: string): void {
    if (this.#arrived === undefined) this.#ledger.close(this.#arrive(position));
  }

  /** Events are missing before what arrives from now on; `handle` tells of it in its turn. */
  skipTo(position: string, handle: Step['handle'] = () => undefined): void {
    this.#lane.add({ isPossible: () => true, handle, isGap: true }, [this.#arrive(position)]);
  }

  /** Goes on at a position, whatever was before. */
  restartAt(position: string): void {
    this.#declinedNames.clear();
    this.skipTo(position);
  }

  /** A new connection goes on at `arrived`, and what was declined comes again. */
  reconnect(): void {
    this.#declinedNames.clear();
  }

  /** Whether events of this name come again on the next connection only. */
  hasDeclined(name: string): boolean {
    return this.#declinedNames.has(name);
  }

  /** There may be a handler now. */
  run(): void {
    this.#lane.run();
  }

  stop(): void {
    this.#lane.stop();
  }

  #arrive(position: string): Mark {
    if (this.#declinedNames.size === 0) this.#arrived = position;
    return this.#ledger.open(position);
  }

  #decline({ id, name }: EventStep, earlier: Mark | undefined): void {
    this.#declinedNames.add(name);
    if (earlier) return;
    this.#declined.set(id, this.#ledger.open(id));
    const [oldest] = this.#declined.keys();
    if (oldest !== undefined && this.#declined.size > MAX_DECLINED) this.#declined.delete(oldest);
  }
}
