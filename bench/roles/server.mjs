// A server. argv: ours | plain | streams. Commands: listen, cpu, memory.
import { setTimeout as delay } from 'node:timers/promises';
import { ownCpu } from '../lib/own-cpu.mjs';
import { serveCommands } from '../lib/serve-commands.mjs';

const { listen } = await import(`../contestants/${process.argv[2]}-server.mjs`);

serveCommands({
  /** Listens on a free port of 127.0.0.1, and answers with it once it hears what workers emit. */
  listen,
  cpu: ownCpu,
  memory: freshMemory,
});

/** What is in use after everything that can be freed was freed: needs --expose-gc. */
async function freshMemory() {
  // What a collection frees may only then let go of more.
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.();
    await delay(100);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}
