import type { RequestRefusalCode } from '../../contract/index.js';
import { normaliseRoom } from '../../names/index.js';
import { isPosition, OLDEST } from '../../room-log/index.js';
import { PRESENT, type AttachStart } from '../attaching/index.js';

/** The most events that a client may ask to be rewound by. */
const MAX_REWIND = 10_000;

/** The room that a request names; undefined when it names none that can be. Never throws. */
export function roomIn(request: unknown): string | undefined {
  return roomOf(ownProperty(request, 'room'));
}

/** A room's normalised name; undefined when it cannot be one. */
export function roomOf(name: unknown): string | undefined {
  try {
    return normaliseRoom(name);
  } catch {
    return undefined;
  }
}

/**
 * Where a client asks to begin in a room: after a position, or rewound; at the present when it says neither.
 *
 * @returns INVALID_POSITION for what is neither
 */
export function startFrom(position: unknown, rewind: unknown): AttachStart | RequestRefusalCode {
  if (position !== undefined && position !== null) {
    if (!isPosition(position)) return 'INVALID_POSITION';
    return position === OLDEST ? { kind: 'oldest' } : { kind: 'position', position };
  }
  if (rewind === undefined || rewind === null) return PRESENT;
  if (rewind === 'all') return { kind: 'oldest' };
  const isCount = Number.isInteger(rewind) && (rewind as number) >= 0 && (rewind as number) <= MAX_REWIND;
  return isCount ? { kind: 'newest', count: rewind as number } : 'INVALID_POSITION';
}

/** Reads what a client sent: only what it has itself, whatever it calls itself. */
export function ownProperty(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
