// Does all the set-up that `npm test` would do for every test, and nothing else: dependencies, Redis, Chromium,
// Prometheus, build.
// Exit codes: 0 when all is there; 128 + the signal's number when it was interrupted; otherwise 1.
import { ensureBuild } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { onEnding } from './lib/on-ending.mjs';
import { ensurePrometheus } from './lib/prometheus.mjs';
import { ensureRedisBinary } from './lib/redis-binary.mjs';
import { describe, say } from './lib/say.mjs';
import { StartedProcesses } from './lib/started-processes.mjs';

const processes = new StartedProcesses();

onEnding({
  end: (exitCode) => void processes.endAll().then(() => process.exit(exitCode)),
  hurry: () => processes.hurry(),
});

try {
  await ensureDependencies(processes);
  say(`Redis: ${await ensureRedisBinary()}`);
  say(`Chromium: ${await ensureChromium(processes)}`);
  say(`Prometheus: ${await ensurePrometheus()}`);
  await ensureBuild(processes);
} catch (error) {
  if (!processes.isEnding) {
    say(describe(error));
    process.exitCode = 1;
  }
}
