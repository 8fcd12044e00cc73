import type { Socket } from 'socket.io';
import type { RefreshReply } from '../../contract/index.js';
import type { RequestChecks } from '../limits/index.js';
import { ownProperty, type GatewayRooms } from '../rooms/index.js';
import type { Sessions } from './sessions.js';

/** Answers `gateway:refresh`, in every namespace. */
export class RefreshRequests {
  /** One for all sockets, called with the socket as `this`. */
  readonly listener: (this: Socket, ...sent: unknown[]) => void;

  /**
   * @param rooms whose requests it takes turns with: none of them is decided by a token while another one is accepted
   * @param checks how many there may be
   */
  constructor(sessions: Sessions, rooms: GatewayRooms, checks: RequestChecks) {
    this.listener = function (...sent) {
      const answer = (): Promise<RefreshReply> => refresh(this, sent[0]);
      rooms.inTurn(this, answer, sent);
    };
    const refresh = async (socket: Socket, request: unknown): Promise<RefreshReply> => {
      if (!checks.allows(socket)) return { ok: false, code: 'RATE_LIMITED' };
      checks.count(socket);
      const user = await sessions.refresh(socket, ownProperty(request, 'token'));
      if ('code' in user) return user;
      await rooms.reconsider(socket, user);
      const { expiresAt = Infinity } = user;
      return {
        ok: true,
        expiresInMs: Number.isFinite(expiresAt) ? Math.max(0, expiresAt - Date.now()) : null,
      };
    };
  }
}
