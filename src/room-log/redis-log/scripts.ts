import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script and the name under which Redis knows it once it is loaded. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

/** One script of several files, one behind the other. */
function script(...files: readonly string[]): RedisScript {
  const text = files
    .map((file) => readFileSync(new URL(`../scripts/${file}`, import.meta.url), 'utf8'))
    .join('');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const SCRIPTS = {
  append: script('append-one.lua', 'room.lua', 'append-rarely.lua', 'append.lua'),
  appendLone: script('append-lone.lua'),
  attach: script('room.lua', 'attach.lua'),
  beginRun: script('room.lua', 'begin-run.lua'),
  tails: script('room.lua', 'tails.lua'),
} as const;
