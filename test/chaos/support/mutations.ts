import notepack from 'notepack.io';
import type { Random } from '../../integration/room-log/simulation/random.js';

/** What is put in the place of a value of a message. Never an empty list: as the rooms of a broadcast it means all. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'x'.repeat(300),
  '\u0000\n"',
  '\ud800',
  {},
  [null],
  [[]],
  [{}],
  { length: 1e9 },
  { toString: 1, then: 1, toJSON: 1 },
  JSON.parse('{"__proto__":{"rooms":["*"]},"constructor":{"prototype":1}}'),
];

const HOSTILE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'length', '', '\u0000', '0'];

/** Digits so long that no number holds them. */
const HUGE_DIGITS = '9'.repeat(400);

type Mutation = (message: Buffer, random: Random) => Buffer;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBit: (message, random) => changed(message, random, (byte) => byte ^ (1 << random.between(0, 7))),
  setByte: (message, random) => changed(message, random, () => random.between(0, 255)),
  truncate: (message, random) => message.subarray(0, random.between(0, Math.max(0, message.length - 1))),
  cutStart: (message, random) => message.subarray(random.between(1, Math.max(1, message.length))),
  insert: (message, random) => inserted(message, random, noise(random, random.between(1, 40))),
  repeat: (message, random) => {
    const from = random.between(0, message.length);
    return inserted(message, random, message.subarray(from, from + random.between(1, 60)));
  },
  swapLines: (message, random) => {
    const lines = message.toString('latin1').split('\n');
    const [one, other] = [random.between(0, lines.length - 1), random.between(0, lines.length - 1)];
    [lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  hugeNumber: (message, random) => {
    const text = message.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return noise(random, 20);
    const { 0: digits, index } = random.pick(numbers);
    return Buffer.from(text.slice(0, index) + HUGE_DIGITS + text.slice(index + digits.length), 'latin1');
  },
  wrongType: (message, random) => {
    const read = parsed(message);
    if (!read) return noise(random, message.length);
    return read.encode(replaced(read.value, random));
  },
  otherFormat: (message, random) => {
    const read = parsed(message);
    if (!read) return notepack.encode(message.toString());
    return random.chance(0.5) ? Buffer.from(JSON.stringify(read.value)) : notepack.encode(read.value);
  },
  noise: (message, random) => noise(random, random.between(0, 2 * message.length)),
};

const NAMES = Object.keys(MUTATIONS);

/** A message that was a valid one, and is damaged in one way, or in a few. */
export function mutate(message: Buffer, random: Random): Buffer {
  const name = random.pick(NAMES);
  const once = (MUTATIONS[name] as Mutation)(message, random);
  // A swap alone can make the form of another valid message; with more it could make its content too.
  if (name === 'swapLines' || random.chance(0.7)) return once;
  return (MUTATIONS['flipBit'] as Mutation)(once, random);
}

/** Something large: noise, or a message that repeats itself. */
export function inflate(message: Buffer, bytes: number, random: Random): Buffer {
  if (random.chance(0.5) || message.length === 0) return Buffer.alloc(bytes, noise(random, 1000));
  return Buffer.concat([mutate(message, random), Buffer.alloc(bytes - message.length, message)]);
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.between(0, 255)));
}

function changed(message: Buffer, random: Random, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(message);
  const at = random.between(0, copy.length - 1);
  if (copy.length > 0) copy[at] = change(copy[at] as number);
  return copy;
}

function inserted(message: Buffer, random: Random, what: Buffer): Buffer {
  const at = random.between(0, message.length);
  return Buffer.concat([message.subarray(0, at), what, message.subarray(at)]);
}

interface Parsed {
  readonly value: unknown;
  readonly encode: (value: unknown) => Buffer;
}

function parsed(message: Buffer): Parsed | undefined {
  try {
    return { value: JSON.parse(message.toString()), encode: (value) => Buffer.from(JSON.stringify(value)) };
  } catch {
    try {
      return { value: notepack.decode(message), encode: (value) => notepack.encode(value) };
    } catch {
      return undefined;
    }
  }
}

/** The value with something else somewhere in it: a value, or a key. */
function replaced(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.pick(HOSTILE_VALUES);
  if (Array.isArray(value)) {
    if (value.length === 0) return [random.pick(HOSTILE_VALUES)];
    return value.with(random.between(0, value.length - 1), replaced(random.pick(value), random));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [random.pick(HOSTILE_KEYS)]: random.pick(HOSTILE_VALUES) };
  const at = random.between(0, entries.length - 1);
  const [key, old] = entries[at] as [string, unknown];
  const entry = random.chance(0.2) ? [random.pick(HOSTILE_KEYS), old] : [key, replaced(old, random)];
  return Object.fromEntries(entries.with(at, entry as [string, unknown]));
}
