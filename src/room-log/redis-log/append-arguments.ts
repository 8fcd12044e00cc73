import type { AppendBatch } from '../room-log.js';
import type { RoomLogLimits } from '../../config/index.js';
import { dedupeField, type RoomKeys } from './room-keys.js';

export interface AppendArgumentsContext {
  readonly keys: RoomKeys;
  readonly limits: RoomLogLimits;
  /** Redis' time in ms at a moment of `performance.now()`. */
  readonly redisTime: (localMs: number) => number;
  /** Whether the room's size in bytes is looked at this time. */
  readonly checksBytes: boolean;
}

/** The KEYS and ARGV of one room for append.lua. */
export function appendArguments(
  batch: AppendBatch,
  { keys, limits, redisTime, checksBytes }: AppendArgumentsContext,
): { keys: string[]; args: string[] } {
  const { room, acknowledged, firstSentAt } = batch;
  const names = [keys.log(room), keys.tail(room)];
  const usesLatest = batch.events.some((event) => event.kind === 'latest' || event.clears !== undefined);
  const usesDedupe = batch.events.some((event) => event.kind === 'durable' && event.dedupeKey !== undefined);
  if (usesLatest) names.push(keys.latest(room));
  if (usesDedupe) {
    const bucket = Math.floor(redisTime(performance.now()) / limits.dedupeTtlMs);
    // The next one too: another emitter's clock may be ahead of ours.
    names.push(keys.dedupe(room, bucket), keys.dedupe(room, bucket - 1), keys.dedupe(room, bucket + 1));
  }
  const since = Math.min(firstSentAt, acknowledged?.firstSentAt ?? firstSentAt);
  const args = [''];
  for (const event of batch.events) {
    if (event.kind === 'latest') {
      args.push(String(event.seq), 'l', event.data, event.key);
      continue;
    }
    const { clears, dedupeKey } = event;
    const kind =
      clears === undefined ? (dedupeKey === undefined ? 'e' : 'd') : dedupeKey === undefined ? 'c' : 'b';
    args.push(String(event.seq), kind, event.data);
    if (clears !== undefined) args.push(clears);
    if (dedupeKey !== undefined) args.push(dedupeField(dedupeKey));
  }
  const uses = (usesLatest ? 'l' : '') + (usesDedupe ? 'd' : '');
  const retry = batch.isRetry ? '1' : '';
  const known = acknowledged ? `${acknowledged.seq} ${acknowledged.token ?? ''}` : ' ';
  const maxBytes = checksBytes ? limits.maxBytes : '';
  // In one argument: here and in Redis, each costs more than reading it from a line.
  args[0] = `${names.length} ${args.length} ${uses} ${redisTime(since)} ${retry} ${known} ${maxBytes}`;
  return { keys: names, args };
}
