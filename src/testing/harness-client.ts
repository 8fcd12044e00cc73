import { io, type Socket } from 'socket.io-client';
import type { ReadyMessage } from '../contract/index.js';

/** An authenticated client, connected and in its rooms. */
export interface HarnessClient {
  readonly socket: Socket;
  /** The server's first message: who the client is, and its rooms. */
  readonly ready: ReadyMessage;
  /** Everything that has arrived: the event's name and its arguments. */
  readonly received: readonly { readonly event: string; readonly args: readonly unknown[] }[];
  /**
   * The payload of the first `event` that has arrived and was not returned yet, or of the next one to come.
   *
   * @throws (rejects) when none comes within `timeoutMs`
   */
  next(event: string, timeoutMs?: number): Promise<unknown>;
  close(): void;
}

interface Received {
  event: string;
  args: unknown[];
}

/**
 * Connects a client.
 *
 * @throws (rejects) the `connect_error`, whose `data.code` says why, when it is refused
 */
export async function connectClient(url: string, token: string): Promise<HarnessClient> {
  const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
  const received: Received[] = [];
  const unread: Received[] = [];
  const onArrival = new Set<() => void>();
  socket.onAny((event: string, ...args: unknown[]) => {
    const one = { event, args };
    received.push(one);
    unread.push(one);
    for (const listener of [...onArrival]) listener();
  });

  const take = (event: string): Received | undefined => {
    const index = unread.findIndex((one) => one.event === event);
    return index === -1 ? undefined : unread.splice(index, 1)[0];
  };
  const next = (event: string, timeoutMs = 5000): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        onArrival.delete(look);
        reject(new Error(`No '${event}' arrived within ${timeoutMs} ms.`));
      }, timeoutMs);
      const look = (): void => {
        const one = take(event);
        if (!one) return;
        clearTimeout(timer);
        onArrival.delete(look);
        resolve(one.args[0]);
      };
      onArrival.add(look);
      look();
    });

  const refused = new Promise<never>((_, reject) => socket.once('connect_error', reject));
  try {
    const ready = (await Promise.race([next('gateway:ready'), refused])) as ReadyMessage;
    return { socket, ready, received, next, close: () => socket.close() };
  } catch (error) {
    socket.close();
    throw error;
  }
}
