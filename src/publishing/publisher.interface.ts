import type { EventPublisher } from './event-publisher.js';

/** Where emits enter: an {@link EventPublisher}, or what stands in front of one. */
export type Publisher = Pick<
  EventPublisher,
  'toUser' | 'toUsers' | 'toRoom' | 'toRoomByPlan' | 'toAll' | 'close'
>;
