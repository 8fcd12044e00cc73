import { gapReason } from '../gap-reason.js';
import type {
  AppendOutcome,
  AppendReport,
  LatestValue,
  LatestValues,
  RoomLook,
  TailReport,
} from '../room-log.js';
import type { RoomEvent } from '../room-message.js';

/** What Redis answers of one room when its part of a script failed. */
export class RoomScriptError extends Error {
  // The name by which the library recognises what Redis itself answered.
  override readonly name = 'ReplyError';
}

/**
 * The error of one room in the answer of a script, or undefined. Redis 7 gives `WRONGTYPE Operation …`, Redis 6
 * `@user_script: 12: WRONGTYPE Operation …`.
 */
export function errorIn(answer: readonly unknown[]): RoomScriptError | undefined {
  const [first] = answer;
  if (typeof first !== 'string' || answer.length !== 1) return undefined;
  return scriptError(first);
}

function scriptError(message: string): RoomScriptError {
  return new RoomScriptError(message.replace(/^(@?user_script:\s*\d+:\s*)?-?/, ''));
}

/** What became of the events of one room; an error when its part of the script failed. */
export type AppendAnswer = { readonly report: AppendReport } | { readonly error: RoomScriptError };

/** Reads what append.lua and append-lone.lua return: a line for each room. */
export function appendAnswers(answer: string): AppendAnswer[] {
  return answer.split('\n').map(appendAnswer);
}

function appendAnswer(line: string): AppendAnswer {
  if (line.startsWith('?')) return { error: scriptError(line.slice(1)) };
  if (line === '-2') return { report: { status: 'forgotten' } };
  const end = line.indexOf(' ');
  const results = line.slice(end + 1);
  // Most rooms have one event in a call, and to split a text costs more than the rest of this.
  const outcomes = results.includes(' ') ? results.split(' ').map(outcomeOf) : [outcomeOf(results)];
  return { report: { status: 'done', receivers: Number(line.slice(0, end)), outcomes } };
}

function outcomeOf(result: string): AppendOutcome {
  switch (result[0]) {
    case '-':
      return { outcome: 'before', token: result.slice(1) || undefined };
    case '=':
      return { outcome: 'duplicate', token: result.slice(1) };
    case '!':
      return { outcome: 'fenced' };
    case '@':
      return { outcome: 'latest', version: result.slice(1) };
    default:
      return { outcome: 'appended', token: result };
  }
}

type AttachAnswer = readonly [
  tail: string,
  verdict: 'current' | 'chain' | 'gap',
  entries: readonly (string | null)[],
  genesis: string,
  oldestId: string,
  oldestPrev: string,
  abovePrev: string,
  known: string,
  nowMs: string,
  latestVersion: string,
  latest: readonly string[],
];

/** Reads what attach.lua returns. */
export function roomLook(
  answer: readonly unknown[],
  asked: {
    position: string;
    latest: boolean;
    logTtlMs: number;
    tailTtlMs: number;
    isReadable: (data: string) => boolean;
  },
): RoomLook {
  const [tail, verdict, entries, genesis, oldestId, oldestPrev, abovePrev, known, now, latestVersion, hash] =
    answer as AttachAnswer;
  const { isReadable } = asked;
  const base = { tail, latestVersion, latest: asked.latest ? latestValues(hash, isReadable) : undefined };
  if (verdict === 'current') return { ...base, verdict };
  if (verdict === 'chain') return { ...base, verdict, events: events(entries, isReadable) };
  const { position, logTtlMs, tailTtlMs } = asked;
  const reason = gapReason({
    position,
    tail,
    genesis: genesis === '0' ? undefined : genesis,
    oldest: oldestId === '' ? undefined : { id: oldestId, prev: oldestPrev },
    nowMs: Number(now),
    logTtlMs,
    tailTtlMs,
  });
  const from = reason === 'rolled-back' ? known || abovePrev : oldestPrev;
  return { ...base, verdict, reason, resume: from || tail, isResumeKnown: known !== '' && from === known };
}

function events(entries: readonly (string | null)[], isReadable: (data: string) => boolean): RoomEvent[] {
  const all: RoomEvent[] = [];
  for (let index = 0; index < entries.length; index += 3) {
    const data = entries[index + 2] ?? null;
    all.push({
      token: entries[index] as string,
      prev: entries[index + 1] as string,
      data: data !== null && isReadable(data) ? data : null,
    });
  }
  return all;
}

/** Reads the hash of a room's latest values: v is its version, `w<key>` the version and `d<key>` the data of a value. */
export function latestValues(hash: readonly string[], isReadable: (data: string) => boolean): LatestValues {
  const fields = new Map<string, string>();
  for (let index = 0; index < hash.length; index += 2)
    fields.set(hash[index] as string, hash[index + 1] as string);
  const values: LatestValue[] = [];
  for (const [field, version] of fields) {
    const key = field.slice(1);
    const data = fields.get(`d${key}`);
    if (field.startsWith('w') && data !== undefined && isReadable(data)) values.push({ key, version, data });
  }
  return { version: fields.get('v') ?? '', values: values.sort(byAge) };
}

function byAge(one: LatestValue, other: LatestValue): number {
  return Number.parseInt(one.version, 10) - Number.parseInt(other.version, 10);
}

/** Reads what tails.lua returns of one room. */
export function tailReport(answer: readonly unknown[]): TailReport {
  const [tail, latestVersion] = answer as [string, string];
  return { tail, latestVersion };
}
