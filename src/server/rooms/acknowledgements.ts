import type { Socket } from 'socket.io';
import { isGatewayError, type Reply, type RequestRefusalCode } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { userRoom } from '../../names/index.js';
import type { ReceiptRegister } from '../../receipts/index.js';
import { isPosition } from '../../room-log/index.js';
import { messageOf } from '../auth/index.js';
import { getSocketUser } from '../users/index.js';
import type { AcknowledgementMeter } from './acknowledgement-meter.js';
import { ownProperty, roomIn } from './attach-request.js';

/** How many events one request may acknowledge, and how many requests of a socket may be under way. */
const MAX_IDS = 100;
const MAX_UNDER_WAY = 16;

/** Takes clients' word that they have handled events: `gateway:ack`. Each speaks for its own user only. */
export class Acknowledgements {
  readonly #register: ReceiptRegister;
  readonly #causes: CauseLog;
  readonly #meter: AcknowledgementMeter;
  /** Of sockets that have requests under way. */
  readonly #underWay = new WeakMap<Socket, number>();
  // One function for all sockets, which Socket.IO calls with the socket as `this`.
  readonly #onAck: (this: Socket, ...sent: unknown[]) => void;

  constructor(register: ReceiptRegister, causes: CauseLog, meter: AcknowledgementMeter) {
    this.#register = register;
    this.#causes = causes;
    this.#meter = meter;
    const take = (socket: Socket, sent: unknown[]): void => this.#take(socket, sent);
    this.#onAck = function (...sent): void {
      take(this, sent);
    };
  }

  /** From now on answers `gateway:ack` of a socket. */
  listen(socket: Socket): void {
    socket.on('gateway:ack', this.#onAck);
  }

  /** Not in turn with joins and leaves: one that waits for its authorizer must not keep an emitter waiting. */
  #take(socket: Socket, sent: unknown[]): void {
    const last = sent.at(-1);
    const answer = typeof last === 'function' ? (last as (reply: Reply) => void) : undefined;
    const count = this.#underWay.get(socket) ?? 0;
    if (count >= MAX_UNDER_WAY) {
      answer?.({ ok: false, code: 'UNAVAILABLE' });
      return;
    }
    this.#underWay.set(socket, count + 1);
    this.#acknowledge(socket, sent[0])
      .then((reply) => answer?.(reply))
      .catch((error: unknown) => {
        this.#causes.error('ack-failed', `An acknowledgement could not be answered: ${messageOf(error)}`);
      })
      .finally(() => this.#underWay.set(socket, (this.#underWay.get(socket) ?? 1) - 1));
  }

  async #acknowledge(socket: Socket, request: unknown): Promise<Reply> {
    const room = roomIn(request);
    if (room === undefined) return refused('INVALID_ROOM');
    const user = getSocketUser(socket);
    if (!user || room !== userRoom(user.id) || !socket.rooms.has(room)) return refused('ROOM_FORBIDDEN');
    const ids = idsIn(request);
    if (!ids) return refused('INVALID_POSITION');
    const taken = this.#meter.arrived();
    try {
      taken(await this.#register.acknowledge(room, ids));
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      this.#causes.warn('ack-unavailable', `Acknowledgements of clients are not taken: ${error.message}`);
      return refused('UNAVAILABLE');
    }
    return { ok: true, room };
  }
}

/** The ids that a request acknowledges; undefined when one of them cannot be one, or when there are too many. */
function idsIn(request: unknown): readonly string[] | undefined {
  const sent = ownProperty(request, 'id');
  const ids: unknown[] = Array.isArray(sent) ? sent : [sent];
  return ids.length <= MAX_IDS && ids.every(isPosition) ? ids : undefined;
}

function refused(code: RequestRefusalCode): Reply {
  return { ok: false, code };
}
