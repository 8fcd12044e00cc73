// Runs one command and ends it when its own stdin closes, which the system does when the process that started it is
// gone, however it went: Ctrl-C, SIGTERM or kill -9. It is started detached, in a session of its own, so a Ctrl-C in
// the terminal does not reach the command behind everybody's back: the order of ending stays ours.
//
// A stdin closes when *all* its holders are gone. Who passes the stdin of one guard on to others makes its command
// outlive theirs: that is how Redis ends last, even when nobody is left to coordinate it.
//
// argv: one JSON object, a GuardOrder of guarded-process.mjs. Messages to the starter: { pid } or { error }.
// Exit code: that of the command, or 128 + the signal that ended it.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';

/** @type {import('./guarded-process.mjs').GuardOrder} */
const order = JSON.parse(process.argv[2] ?? '{}');
let ending = false;

const child = spawn(order.command, order.args, {
  ...(order.argv0 === undefined ? {} : { argv0: order.argv0 }),
  stdio: ['ignore', 'inherit', 'inherit'],
  // A group of its own, so that what the command leaves behind can be found and ended too.
  detached: true,
});
child.once('spawn', () => tell({ pid: child.pid }));
child.once('error', (error) => {
  tell({ error: error.message });
  if (child.pid === undefined) finish(127);
});
child.once('exit', (code, signal) => finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));

// The reading is what notices the end.
process.stdin.resume();
process.stdin.once('close', end);
process.stdin.on('error', end);
process.on('SIGHUP', end);
process.on('SIGINT', end);
process.on('SIGTERM', () => (ending ? killGroup() : end()));

function end() {
  if (ending) return;
  ending = true;
  child.kill('SIGTERM');
  // A stopped process takes no SIGTERM before it is continued.
  child.kill('SIGCONT');
  setTimeout(killGroup, order.graceMs);
}

function killGroup() {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** @param {number} code */
function finish(code) {
  killGroup();
  if (order.removeDir !== undefined) rmSync(order.removeDir, { recursive: true, force: true });
  process.exit(code);
}

/** @param {{ pid: number | undefined } | { error: string }} message */
function tell(message) {
  // The starter may be gone; then nobody wants to know.
  process.send?.(message, () => {});
}
