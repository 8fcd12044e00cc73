import { Redis } from 'ioredis';

/** Sends one command, over a connection of its own, to a Redis or a sentinel of this machine. */
export async function ask(
  { port, password }: { readonly port: number; readonly password?: string | undefined },
  command: string,
  ...args: string[]
): Promise<unknown> {
  const client = new Redis({
    port,
    host: '127.0.0.1',
    ...(password !== undefined && { password }),
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
