import { SocketEmitter, type EmitOptions, type EmitResult } from 'nestjs-socket-gateway/contract';

/** An event as it would have been sent. */
export interface Recorded {
  userId: string;
  event: string;
  data: Record<string, unknown>;
  bytes: number;
  options: EmitOptions | undefined;
}

/** Records what is emitted to users, as JSON carries it. */
export class RecordingEmitter extends SocketEmitter {
  readonly events: Recorded[] = [];

  override emitToUser(
    userId: string | number,
    event: string,
    data: unknown,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    const text = JSON.stringify(data);
    const copy = JSON.parse(text) as Record<string, unknown>;
    const bytes = Buffer.byteLength(text);
    this.events.push({ userId: String(userId), event, data: copy, bytes, options });
    return Promise.resolve({ status: 'published' });
  }

  override emitToUsers(): never {
    throw new Error('The demo does not use it.');
  }
  override emitToRoom(): never {
    throw new Error('The demo does not use it.');
  }
  override broadcast(): never {
    throw new Error('The demo does not use it.');
  }
  override joinRoom(): never {
    throw new Error('The demo does not use it.');
  }
  override leaveRoom(): never {
    throw new Error('The demo does not use it.');
  }
  override disconnectUser(): never {
    throw new Error('The demo does not use it.');
  }
  override revokeUser(): never {
    throw new Error('The demo does not use it.');
  }
  override history(): never {
    throw new Error('The demo does not use it.');
  }
  override onUndelivered(): never {
    throw new Error('The demo does not use it.');
  }
  override isUserOnline(): never {
    throw new Error('The demo does not use it.');
  }
}
