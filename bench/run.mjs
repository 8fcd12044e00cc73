// `npm run bench [-- options]`: measures the library against its parts used directly, in one run, and prints ratios.
// From a fresh clone it installs and builds what is missing, and starts a Redis of its own unless REDIS_URL names one.
//
// Exit codes: 0 when everything was measured, whatever came out: machines are noisy, and a verdict is printed for each
// figure; 128 + the signal's number when it was interrupted; otherwise 1.
import { ensureBuild } from '../scripts/lib/build.mjs';
import { ensureDependencies } from '../scripts/lib/dependencies.mjs';
import { onEnding } from '../scripts/lib/on-ending.mjs';
import { ensureRedisBinary } from '../scripts/lib/redis-binary.mjs';
import { startRedisServer } from '../scripts/lib/redis-server.mjs';
import { describe, say } from '../scripts/lib/say.mjs';
import { StartedProcesses } from '../scripts/lib/started-processes.mjs';
import { readArguments } from './lib/arguments.mjs';
import { Bench } from './lib/bench.mjs';
import { compare } from './lib/figure.mjs';
import { toTable } from './lib/table.mjs';
import { measureAppend } from './measures/append.mjs';
import { measureEmit } from './measures/emit.mjs';
import { measureHandshake } from './measures/handshake.mjs';
import { measureKept } from './measures/kept.mjs';
import { measureMemory } from './measures/memory.mjs';
import { measureMetrics } from './measures/metrics.mjs';
import { measureProgress } from './measures/progress.mjs';
import { measureReturn } from './measures/return.mjs';
import { measureSteady } from './measures/steady.mjs';
import { measureThroughput } from './measures/throughput.mjs';

const MEASURES = {
  emit: measureEmit,
  throughput: measureThroughput,
  steady: measureSteady,
  memory: measureMemory,
  handshake: measureHandshake,
  append: measureAppend,
  kept: measureKept,
  return: measureReturn,
  metrics: measureMetrics,
  progress: measureProgress,
};

const processes = new StartedProcesses();
/** @type {Bench | undefined} */
let bench;
let isEnding = false;

onEnding({
  end: (exitCode) => void endWith(exitCode),
  hurry: () => {
    bench?.hurry();
    processes.hurry();
  },
});

try {
  await main();
  if (!isEnding) await endWith(0);
} catch (error) {
  // What fails because it was interrupted is no failure.
  if (!isEnding) {
    say(describe(error));
    await endWith(1);
  }
}

async function main() {
  const { rounds, only, json, profile } = readArguments(process.argv.slice(2), Object.keys(MEASURES));
  await ensureDependencies(processes);
  if (isEnding) return;
  await ensureBuild(processes);
  if (isEnding) return;
  bench = new Bench({ redisUrl: await redisUrl(), rounds, profile });

  const figures = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (isEnding) return;
    if (only.length > 0 && !only.includes(name)) continue;
    say(`Measuring: ${name} …`);
    figures.push(...(await measure(bench)).map(compare));
    await bench.endRoles();
  }
  if (process.env.REDIS_URL) await bench.forget();
  console.log(json ? JSON.stringify({ rounds, figures }, null, 2) : toTable(figures));
}

async function redisUrl() {
  if (process.env.REDIS_URL) return process.env.REDIS_URL;
  const redis = await startRedisServer({ binary: await ensureRedisBinary() });
  processes.add(redis.process);
  return redis.url;
}

/** @param {number} exitCode */
async function endWith(exitCode) {
  isEnding = true;
  // Redis ends last: servers and workers that lose it say so.
  await bench?.endRoles();
  await processes.endAll();
  process.exit(exitCode);
}
