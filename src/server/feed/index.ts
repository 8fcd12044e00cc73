export { FeedRoom, type FeedRoomSettings, type RoomListener } from './feed-room.js';
export { LocalRoomChannels } from './local-room-channels.js';
export { RedisRoomChannels } from './redis-room-channels.js';
export type { RoomChannels } from './room-channels.interface.js';
export { RoomFeed, type RoomFeedSettings } from './room-feed.js';
