import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GatheredWrites } from '../../../src/redis/gathered-writes.js';
import type { RedisClient } from '../../../src/redis/redis-client.js';

/** A connection whose stream notes which chunks were written together. */
function recordingClient() {
  const writes: string[][] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      writes.push([chunk]);
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk as string));
      done();
    },
  });
  return { client: { stream } as unknown as RedisClient, stream, writes };
}

/** Sends as ioredis does: each command is one write. */
function send(gathered: GatheredWrites, client: RedisClient, ...commands: string[]): void {
  for (const command of commands) {
    gathered.before(client);
    (client as unknown as { stream: Writable }).stream.write(command);
  }
}

describe('GatheredWrites', () => {
  it('writes a command that comes alone at once', () => {
    const { client, writes } = recordingClient();
    send(new GatheredWrites(), client, 'a');
    expect(writes).toEqual([['a']]);
  });

  it('writes those that follow in the same tick together, in their order', async () => {
    const { client, writes } = recordingClient();
    const gathered = new GatheredWrites();
    send(gathered, client, 'a', 'b', 'c');
    await nextTurn();
    send(gathered, client, 'd', 'e');
    await nextTurn();
    expect(writes).toEqual([['a'], ['b', 'c'], ['d'], ['e']]);
  });

  it('gathers across the promises of one tick', async () => {
    const { client, writes } = recordingClient();
    const gathered = new GatheredWrites();
    await Promise.all(
      ['a', 'b', 'c'].map(async (command) => {
        await Promise.resolve();
        send(gathered, client, command);
      }),
    );
    await nextTurn();
    expect(writes).toEqual([['a'], ['b', 'c']]);
  });

  it('passes a long burst on in parts', () => {
    const { client, writes } = recordingClient();
    const commands = Array.from({ length: 200 }, (_, index) => `${index} `);
    send(new GatheredWrites(), client, ...commands);
    expect(writes.map(({ length }) => length)).toEqual([1, 64, 64, 64]);
    expect(writes.flat()).toEqual(commands.slice(0, 193));
  });

  it('leaves nothing behind on a connection that was replaced within the tick', async () => {
    const before = recordingClient();
    const after = recordingClient();
    const gathered = new GatheredWrites();
    send(gathered, before.client, 'a', 'b');
    send(gathered, after.client, 'c', 'd');
    await nextTurn();
    expect(before.writes.flat()).toEqual(['a', 'b']);
    expect(after.writes.flat()).toEqual(['c', 'd']);
  });

  it('writes what was gathered before the stream ends', async () => {
    const { client, stream, writes } = recordingClient();
    const gathered = new GatheredWrites();
    send(gathered, client, 'a', 'b', 'c');
    stream.end();
    await nextTurn();
    expect(writes.flat()).toEqual(['a', 'b', 'c']);
  });

  it('does nothing for a client without a stream of its own, as that of a cluster', async () => {
    const gathered = new GatheredWrites();
    expect(() => gathered.before({} as RedisClient)).not.toThrow();
    await nextTurn();
  });
});
