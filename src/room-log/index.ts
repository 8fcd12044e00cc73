export { RoomLog } from './room-log.js';
export type {
  Acknowledged,
  AppendBatch,
  AppendEvent,
  AppendOutcome,
  AppendReport,
  AttachOptions,
  LatestValue,
  LatestValues,
  LogReadyListener,
  RoomLook,
  TailReport,
} from './room-log.js';
export { DEFAULT_ROOM_LOG_LIMITS, type RoomLogLimits } from '../config/index.js';
export {
  OLDEST,
  asksForReceipt,
  compareStreamIds,
  createEmitterId,
  isLater,
  isPosition,
  originOf,
  streamIdOf,
  type Position,
  type StreamId,
  type Token,
} from './position.js';
export type { Fence, FenceEnd, Run, RunRequest } from './fence.js';
export { BurstWatch } from './burst-watch.js';
export type { ReceiptWish } from './receipt-wish.js';
export { gapReason, type GapFacts } from './gap-reason.js';
export { parseRoomMessage, type ClearedLatest, type RoomEvent, type RoomMessage } from './room-message.js';
export { readHistory, type RoomHistoryPage } from './room-history.js';
export { RoomKeys, type RoomScope } from './redis-log/room-keys.js';
export { RedisRoomLog, type RedisRoomLogSettings } from './redis-log/redis-room-log.js';
export { runScript } from './redis-log/run-script.js';
export type { RedisScript } from './redis-log/scripts.js';
export { warnWhenEvicting } from './redis-log/warn-when-evicting.js';
export { MemoryRoomLog, type MemoryRoomLogSettings } from './memory-log/memory-room-log.js';
