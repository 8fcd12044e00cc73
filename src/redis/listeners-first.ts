import { isCluster, type RedisClient } from './redis-client.js';
import { callText, textCommand } from './text-command.js';

/** What ioredis writes a command to that is part of a larger write. */
type Sink = NonNullable<Parameters<RedisClient['sendCommand']>[1]>;

/**
 * Sends one command so that Redis writes to those who hear of it before it answers. It writes to its connections in the
 * opposite order in which they got something to be written: without more, who publishes is answered first, wakes up, and
 * on a busy machine is in the way of who listens. The answer to a PING, sent together with the command, is there before
 * anything is published. In a cluster, whose client writes to several connections, the command is sent as it is.
 *
 * Both are one text for the connection, as those of a pipeline of ioredis are, which costs more than the PING.
 *
 * @param args texts only; so is the answer
 * @throws (rejects) what Redis answers to the command, and when the connection is lost
 * @see https://github.com/redis/redis/blob/7.0/src/networking.c `clientInstallWriteHandler`, which adds at the head
 */
export function listenersFirst(client: RedisClient, name: string, args: readonly string[]): Promise<string> {
  if (isCluster(client)) return callText(client, name, args);
  const command = textCommand(name, args);
  const ping = textCommand('ping', []);
  // What happens to the connection, the command tells too.
  ping.promise.catch(() => undefined);
  let text = '';
  const sink = { write: (part: string) => (text += part) } as unknown as Sink;
  try {
    client.sendCommand(ping, sink);
    return client.sendCommand(command, sink) as Promise<string>;
  } finally {
    // Whatever ioredis waits for an answer to has to be sent. It took neither when there is no connection.
    if (text !== '') (client as unknown as { stream: NodeJS.WritableStream }).stream.write(text);
  }
}
