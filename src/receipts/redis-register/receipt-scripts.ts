import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisScript } from '../../room-log/index.js';

const shared = readFileSync(new URL('../scripts/receipts.lua', import.meta.url), 'utf8');

function script(file: URL): RedisScript {
  const text = shared + readFileSync(file, 'utf8');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const RECEIPT_SCRIPTS = {
  register: script(new URL('../scripts/register.lua', import.meta.url)),
  acknowledge: script(new URL('../scripts/acknowledge.lua', import.meta.url)),
  take: script(new URL('../scripts/take.lua', import.meta.url)),
  change: script(new URL('../scripts/change.lua', import.meta.url)),
} as const;
