export type { FeedRoom } from './feed-room.js';
export { LocalRoomChannels } from './local-room-channels.js';
export { RedisRoomChannels } from './redis-room-channels.js';
export type { RoomChannels } from './room-channels.interface.js';
export { RoomFeed } from './room-feed.js';
export type { RoomListener } from './room-listener.interface.js';
