import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { Server, ServerOptions } from 'socket.io';

/** As in Nest's documentation, with ioredis. */
export class RedisIoAdapter extends IoAdapter {
  #adapterConstructor: ReturnType<typeof createAdapter> | undefined;

  connectToRedis(url: string): void {
    const pubClient = new Redis(url);
    const subClient = pubClient.duplicate();
    this.#adapterConstructor = createAdapter(pubClient, subClient);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options);
    if (this.#adapterConstructor) server.adapter(this.#adapterConstructor);
    return server;
  }
}
