import type { DurableMeta, EventMeta, LatestMeta } from '../contract/index.js';

/** Whether an event's second argument is what the library has added; an event of the application may have any. */
export function isEventMeta(meta: unknown): meta is EventMeta {
  const { room, id, key } = (meta ?? {}) as Partial<Record<keyof DurableMeta | keyof LatestMeta, unknown>>;
  return typeof room === 'string' && (typeof id === 'string') !== (typeof key === 'string');
}
