import { GatewayError, type EmitOptions } from '../contract/index.js';
import { isShortText, normaliseRoom } from '../names/index.js';
import { elementsOf } from './elements-of.js';

/** How one emit is to travel: its options, checked and complete. */
export type EmitPlan =
  | { readonly delivery: 'live'; readonly except: readonly string[] }
  | { readonly delivery: 'latest'; readonly key: string }
  | {
      readonly delivery: 'durable';
      readonly dedupeKey: string | undefined;
      readonly clears: string | undefined;
      readonly confirm: { readonly withinMs: number } | undefined;
      readonly fallback: { readonly afterMs: number } | undefined;
    };

const LIVE: EmitPlan = Object.freeze({ delivery: 'live', except: Object.freeze([]) });
const DURABLE: EmitPlan = Object.freeze({
  delivery: 'durable',
  dedupeKey: undefined,
  clears: undefined,
  confirm: undefined,
  fallback: undefined,
});

const MAX_WITHIN_MS = 600_000;
const MAX_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Decides how an emit to a user or a room travels.
 *
 * @param event its name, which is the key of a latest value that has no other
 * @param byDefault what an emit is that does not say it
 * @throws INVALID_OPTIONS, INVALID_ROOM for `except`; nothing else, whatever `options` does
 */
export function planEmit(options: unknown, event: string, byDefault: 'durable' | 'live'): EmitPlan {
  if (options === undefined || options === null) return byDefault === 'live' ? LIVE : DURABLE;
  const given = read(options);
  const { delivery = byDefault } = given;
  switch (delivery) {
    case 'live':
      refuseOthers(given, delivery, ['except']);
      return { delivery, except: exceptOf(given.except) };
    case 'latest':
      refuseOthers(given, delivery, ['key']);
      return { delivery, key: latestKey(given.key, event) };
    case 'durable':
      refuseOthers(given, delivery, ['dedupeKey', 'clears', 'confirm', 'fallback']);
      return {
        delivery,
        dedupeKey: given.dedupeKey === undefined ? undefined : dedupeKey(given.dedupeKey),
        clears: given.clears === undefined ? undefined : key('clears', given.clears),
        confirm: confirmOf(given.confirm),
        fallback: fallbackOf(given.fallback),
      };
    default:
      throw invalid("The option 'delivery' of an emit must be 'live', 'latest' or 'durable'.");
  }
}

/**
 * Decides how an emit to everybody travels: live, for there is no log of everybody.
 *
 * @throws INVALID_OPTIONS, INVALID_ROOM for `except`
 */
export function planBroadcast(options: unknown, event: string): EmitPlan {
  const plan = planEmit(options, event, 'live');
  if (plan.delivery === 'live') return plan;
  throw invalid(
    `A broadcast is always live, not '${plan.delivery}'. To keep an event for everybody, emit it to a default room (auth.defaultRooms).`,
  );
}

type Given = Record<keyof EmitOptions, unknown>;

/** Reads each option once: what a getter says the second time is another matter. */
function read(options: object): Given {
  try {
    const { delivery, key, dedupeKey, clears, except, confirm, fallback } = options as EmitOptions;
    return { delivery, key, dedupeKey, clears, except, confirm, fallback };
  } catch (cause) {
    throw new GatewayError('INVALID_OPTIONS', 'The options of an emit throw when they are read.', { cause });
  }
}

type OfOneDelivery = Exclude<keyof EmitOptions, 'delivery'>;

/** Which delivery each option belongs to, and why it has no meaning in another one. */
const BELONGS: Record<OfOneDelivery, readonly [delivery: string, why: string]> = {
  key: ['latest', 'only a latest value has a key'],
  dedupeKey: ['durable', 'only a log knows what it has already'],
  clears: ['durable', 'only a log can take both in one step'],
  except: ['live', 'a log has no way to leave someone out'],
  confirm: ['durable', 'clients acknowledge what has an id'],
  fallback: ['durable', 'clients acknowledge what has an id'],
};

function refuseOthers(given: Given, delivery: string, allowed: readonly OfOneDelivery[]): void {
  for (const option of Object.keys(BELONGS) as OfOneDelivery[]) {
    if (given[option] === undefined || allowed.includes(option)) continue;
    const [owner, why] = BELONGS[option];
    throw invalid(
      `This emit is '${delivery}', and the option '${option}' needs delivery: '${owner}': ${why}. Set that, or leave '${option}' out.`,
    );
  }
}

function latestKey(given: unknown, event: string): string {
  if (given !== undefined) return key('key', given);
  if (isShortText(event)) return event;
  throw invalid(
    "The name of this event cannot be the key of a latest value, which has 1 to 256 bytes and no control characters. Give the option 'key'.",
  );
}

function key(option: 'key' | 'clears', value: unknown): string {
  if (isShortText(value)) return value;
  throw invalid(
    `The option '${option}' of an emit must be text of 1 to 256 bytes without control characters.`,
  );
}

function confirmOf(given: unknown): { withinMs: number } | undefined {
  if (given === undefined) return undefined;
  return { withinMs: durationIn(given, 'confirm', 'withinMs', MAX_WITHIN_MS) };
}

function fallbackOf(given: unknown): { afterMs: number } | undefined {
  if (given === undefined) return undefined;
  return { afterMs: durationIn(given, 'fallback', 'afterMs', MAX_AFTER_MS) };
}

function durationIn(given: unknown, option: string, name: string, max: number): number {
  let value: unknown;
  try {
    value = (given as Record<string, unknown> | null)?.[name];
  } catch (cause) {
    throw new GatewayError('INVALID_OPTIONS', 'The options of an emit throw when they are read.', { cause });
  }
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max) return value as number;
  throw invalid(
    `The option '${option}' of an emit must be { ${name} }, a whole number of milliseconds from 1 to ${max}.`,
  );
}

/** It is hashed, so it may hold anything that two texts differ by. */
function dedupeKey(value: unknown): string {
  const isOne = typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 256;
  // Halves of surrogate pairs would all become one character.
  if (isOne && !/\p{Surrogate}/u.test(value)) return value;
  throw invalid("The option 'dedupeKey' of an emit must be text of 1 to 256 bytes.");
}

function exceptOf(except: unknown): readonly string[] {
  if (except === undefined) return [];
  if (typeof except === 'string' || typeof except === 'number') return [normaliseRoom(except)];
  const rooms = elementsOf(except);
  if (!rooms)
    throw new GatewayError('INVALID_ROOM', "The option 'except' must be a room or an array of rooms.");
  return rooms.map(normaliseRoom);
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_OPTIONS', message);
}
