// Many clients that come, leave and come back. Commands: come, have, leave, comeBack.
import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../lib/in-parallel.mjs';
import { serveCommands } from '../lib/serve-commands.mjs';
import { makeTokens } from '../lib/tokens.mjs';
import { Visitor } from '../lib/visitor.mjs';

const AT_ONCE = 250;
/** Who has got nothing new for so long gets nothing more. */
const QUIET_MS = 2_000;

/** @type {Visitor[]} */
let visitors = [];

serveCommands({ come, have, leave, comeBack });

/** @param {{ port: number, count: number, users: number, name: string, readyEvent?: string }} crowd */
async function come({ port, count, users, name, readyEvent }) {
  const userId = (/** @type {number} */ index) => `${name}-${index % users}`;
  const tokens = makeTokens(users, userId);
  visitors = Array.from(
    { length: count },
    (_, index) => new Visitor({ token: tokens[index % users], userId: userId(index) }, readyEvent),
  );
  await allCome(port);
}

/**
 * Waits until each has got so many events since it came, or nothing comes any more.
 * @param {{ each: number }} expected
 * @returns how many have all of them
 */
async function have({ each }) {
  let before = -1;
  let changedAt = performance.now();
  while (true) {
    const total = visitors.reduce((sum, { receivedCount }) => sum + receivedCount, 0);
    if (total >= visitors.length * each || performance.now() - changedAt > QUIET_MS) break;
    if (total !== before) [before, changedAt] = [total, performance.now()];
    await delay(2);
  }
  return visitors.filter(({ receivedCount }) => receivedCount === each).length;
}

async function leave() {
  for (const visitor of visitors) visitor.leave();
  // The server notices it, and writes down what it knows of them.
  await delay(500);
}

/**
 * All come back, to any server.
 * @param {{ port: number, each: number }} expected
 * @returns how long it took until each had so many events; NaN as null when some did not get them
 */
async function comeBack({ port, each }) {
  const start = performance.now();
  await allCome(port);
  const complete = await have({ each });
  return { ms: complete === visitors.length ? performance.now() - start : null, complete };
}

/** @param {number} port */
async function allCome(port) {
  let next = 0;
  await inParallel(AT_ONCE, async () => {
    for (let visitor = visitors[next++]; visitor; visitor = visitors[next++]) await visitor.come(port);
  });
}
