/** How an emit to a user or a room travels where neither the emit nor the module says it. */
export const DEFAULT_DELIVERY: 'durable' | 'live' = 'durable';
