export { RoomLanes, type RoomLanesSettings } from './room-lanes.js';
export { DEFAULT_LANES_LIMITS, type LanesLimits } from './lanes-limits.js';
