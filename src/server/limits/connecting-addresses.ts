import type { IncomingMessage } from 'node:http';
import type { Rate } from './allowance.js';
import { clientAddress } from './client-address.js';
import { ConnectingAddress } from './connecting-address.js';
import type { ClientRequest } from './engine-connection.js';
import type { LimitReport } from './limit-report.js';
import { Remembered } from './remembered.js';

/** Told to clients by HTTP, before there is a connection that could be told more. */
const TOO_MANY_UNAUTHENTICATED = 'TOO_MANY_UNAUTHENTICATED';
const RATE_LIMITED = 'RATE_LIMITED';

/** Who tries again as soon as it is refused is refused so late, as long as not too many of its address wait for that. */
const HOLD_MS = 1000;
const MAX_HELD = 50;

export interface ConnectingAddressesSettings {
  readonly trustedProxies: number;
  readonly maxConnections: number;
  readonly bytes: Rate;
  readonly refusals: Rate;
}

type Answer = (message: string | null, isAllowed: boolean) => void;

/** Bounds what comes from one address and has no user. */
export class ConnectingAddresses {
  readonly #settings: ConnectingAddressesSettings;
  readonly #report: LimitReport;
  readonly #addresses: Remembered<ConnectingAddress>;

  constructor(settings: ConnectingAddressesSettings, report: LimitReport) {
    this.#settings = settings;
    this.#report = report;
    this.#addresses = new Remembered(
      () => new ConnectingAddress(settings),
      (address) => address.isIdle,
    );
  }

  /**
   * Refuses the HTTP request for a connection, where the address has too many or too many have come to nothing.
   *
   * @returns whether it does: it has answered, or will
   */
  refuses(request: IncomingMessage, answer: Answer): boolean {
    const address = this.#addresses.peek(clientAddress(request, this.#settings.trustedProxies));
    if (!address) return false;
    if (this.#isFull(address)) {
      answer(TOO_MANY_UNAUTHENTICATED, false);
      return true;
    }
    if (address.refusals.waitMs(performance.now()) === 0) return false;
    this.#report.refused('handshakes-per-address');
    if (address.heldCount >= MAX_HELD) answer(RATE_LIMITED, false);
    else {
      address.heldCount++;
      setTimeout(() => {
        address.heldCount--;
        answer(RATE_LIMITED, false);
      }, HOLD_MS).unref();
    }
    return true;
  }

  /** A connection has come about; returns undefined where the address has too many. Many may have been let in before the first was there. */
  enter(request: ClientRequest): ConnectingAddress | undefined {
    const address = this.#addresses.of(clientAddress(request, this.#settings.trustedProxies));
    if (this.#isFull(address)) return undefined;
    address.connectionCount++;
    return address;
  }

  #isFull({ connectionCount }: ConnectingAddress): boolean {
    const isFull = connectionCount >= this.#settings.maxConnections;
    if (isFull) this.#report.refused('unauthenticated');
    return isFull;
  }
}
