import { parseArgs } from 'node:util';
import { PlainError } from '../../scripts/lib/say.mjs';

/**
 * @typedef {object} BenchArguments
 * @property {number} rounds how often each contestant is measured; one more round at the start is thrown away
 * @property {readonly string[]} only names of measures; empty for all
 * @property {boolean} json
 * @property {string | undefined} profile a folder for CPU profiles of the servers and workers
 */

const USAGE = `npm run bench -- [options]
  --rounds N        how often each side is measured (default 6)
  --only NAME       only this measure; may be repeated
  --json            print JSON instead of a table
  --profile FOLDER  write CPU profiles of servers and workers there; the figures are then not to be trusted`;

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} measures the names that `--only` may have
 * @returns {BenchArguments}
 * @throws {PlainError}
 */
export function readArguments(args, measures) {
  const { rounds, only, json, profile } = parse(args);
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 1) throw new PlainError(`--rounds ${rounds} is no whole number.`);
  const unknown = only.find((name) => !measures.includes(name));
  if (unknown !== undefined) {
    throw new PlainError(`--only ${unknown}: there are only ${measures.join(', ')}.`);
  }
  return { rounds: count, only, json, profile };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '6' },
        only: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
