import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script and the name under which Redis knows it once it is loaded. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

const shared = readFileSync(new URL('../scripts/room.lua', import.meta.url), 'utf8');

function script(file: URL): RedisScript {
  const text = shared + readFileSync(file, 'utf8');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const SCRIPTS = {
  append: script(new URL('../scripts/append.lua', import.meta.url)),
  attach: script(new URL('../scripts/attach.lua', import.meta.url)),
  beginRun: script(new URL('../scripts/begin-run.lua', import.meta.url)),
  tails: script(new URL('../scripts/tails.lua', import.meta.url)),
} as const;
