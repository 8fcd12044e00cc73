import { hasControlCharacter, utf8Length } from './text.js';

/** The longest key of an emit, in bytes of UTF-8. */
const MAX_BYTES = 256;

/**
 * Whether `value` can be a key, or another short text that stands in a line of its own: 1 to 256 bytes of UTF-8 without
 * control characters and halves of surrogate pairs.
 */
export function isShortText(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_BYTES) return false;
  return !hasControlCharacter(value) && (value.length * 3 <= MAX_BYTES || utf8Length(value) <= MAX_BYTES);
}
