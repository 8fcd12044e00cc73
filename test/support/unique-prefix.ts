import { randomUUID } from 'node:crypto';

/** A prefix for Redis that no other test has. */
export function uniquePrefix(): string {
  return `test-${randomUUID()}`;
}
