import type { AppendBatch } from '../room-log.js';
import type { RoomLogLimits } from '../../config/index.js';
import type { Fence } from '../fence.js';
import { dedupeField, type RoomKeys } from './room-keys.js';

export interface AppendArgumentsContext {
  readonly keys: RoomKeys;
  readonly limits: RoomLogLimits;
  /** Redis' time in ms at a moment of `performance.now()`. */
  readonly redisTime: (localMs: number) => number;
  /** Whether the room's size in bytes is looked at this time. */
  readonly checksBytes: boolean;
}

/** What append.lua is given. */
export interface AppendArguments {
  readonly keys: string[];
  /** The first of them has the lines of words, see there. */
  readonly args: string[];
}

/** Tells append.lua of the events of one room, behind what it is told of others; returns the room's line. */
export function addAppendArguments(
  { keys: names, args }: AppendArguments,
  batch: AppendBatch,
  { keys, limits, redisTime, checksBytes }: AppendArgumentsContext,
): string {
  const { room, acknowledged, firstSentAt } = batch;
  const [nameCount, argCount] = [names.length, args.length];
  names.push(keys.log(room), keys.tail(room));
  let events = '';
  let usesLatest = false;
  let usesDedupe = false;
  let usesFence = false;
  for (const event of batch.events) {
    args.push(event.data);
    const { fence } = event;
    usesFence ||= fence !== undefined;
    if (event.kind === 'latest') {
      usesLatest = true;
      events += `${event.seq}${fence ? 'L' : 'l'}`;
      args.push(event.key);
      if (fence) args.push(fenceArgument(fence));
      continue;
    }
    const { clears, dedupeKey, receipt } = event;
    const kind = kindOf(clears !== undefined, dedupeKey !== undefined);
    events += `${event.seq}${fence ? kind.toUpperCase() : kind}${receipt ? '_' : ''}`;
    if (clears !== undefined) {
      usesLatest = true;
      args.push(clears);
    }
    if (dedupeKey !== undefined) {
      usesDedupe = true;
      args.push(dedupeField(dedupeKey));
    }
    if (fence) args.push(fenceArgument(fence));
  }
  if (usesLatest) names.push(keys.latest(room));
  if (usesDedupe) {
    const bucket = Math.floor(redisTime(performance.now()) / limits.dedupeTtlMs);
    // The next one too: another emitter's clock may be ahead of ours.
    names.push(keys.dedupe(room, bucket), keys.dedupe(room, bucket - 1), keys.dedupe(room, bucket + 1));
  }
  if (usesFence) names.push(keys.fence(room));
  const since = Math.min(firstSentAt, acknowledged?.firstSentAt ?? firstSentAt);
  const uses = (usesLatest ? 'l' : '') + (usesDedupe ? 'd' : '') + (usesFence ? 'f' : '');
  const retry = batch.isRetry ? '1' : '';
  const known = acknowledged ? `${acknowledged.seq} ${acknowledged.token ?? ''}` : ' ';
  const maxBytes = checksBytes ? limits.maxBytes : '';
  // In one text: here and in Redis, each argument costs more than reading it from a line.
  const counts = `${names.length - nameCount} ${args.length - argCount}`;
  return `${counts} ${uses} ${redisTime(since)} ${retry} ${known} ${maxBytes} ${events}\n`;
}

function fenceArgument({ key, run, era, ends }: Fence): string {
  return `${dedupeField(key)} ${run} ${era} ${ends ?? ''}`;
}

function kindOf(clears: boolean, dedupes: boolean): string {
  if (clears) return dedupes ? 'b' : 'c';
  return dedupes ? 'd' : 'e';
}
