// Asks Redis how it is. Commands: connect, usage, microseconds, forget.
import { Redis } from 'ioredis';
import { serveCommands } from '../lib/serve-commands.mjs';

const SCAN_COUNT = 1_000;

/** @type {Redis} */
let redis;

serveCommands({ connect, usage, microseconds, forget });

/** @param {{ redisUrl: string }} settings */
async function connect(settings) {
  redis = new Redis(settings.redisUrl);
  await redis.ping();
}

/** How much memory Redis uses, in bytes, and how many commands it has had, those within scripts included. */
async function usage() {
  const [memory, stats] = await Promise.all([redis.info('memory'), redis.info('commandstats')]);
  const calls = [...stats.matchAll(/^cmdstat_(?!info)[^:]+:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return {
    memory: Number(/^used_memory:(\d+)/m.exec(memory)?.[1]),
    commands: calls.reduce((total, count) => total + count, 0),
  };
}

/**
 * How much time Redis has spent on a command so far.
 * @param {{ command: string }} asked
 */
async function microseconds({ command }) {
  const stats = await redis.info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:calls=\\d+,usec=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
}

/**
 * Removes all that was kept under a prefix.
 * @param {{ prefix: string }} whose
 */
async function forget({ prefix }) {
  const scan = redis.scanStream({ match: `*${prefix}*`, count: SCAN_COUNT });
  for await (const keys of scan) if (keys.length > 0) await redis.unlink(...keys);
}
