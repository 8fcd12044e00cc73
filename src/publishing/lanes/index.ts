export { RoomLanes } from './room-lanes.js';
export type { RoomLanesSettings } from './room-lanes.settings.js';
export { DEFAULT_LANES_LIMITS, type LanesLimits } from './lanes-limits.js';
