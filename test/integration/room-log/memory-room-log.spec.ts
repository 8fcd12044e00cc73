import { MemoryRoomLog, type RoomMessage } from '../../../src/room-log/index.js';
import { describeRoomLog } from './room-log.contract.js';

describe('the log in memory', () => {
  describeRoomLog((limits) => {
    const heard = new Map<string, RoomMessage[]>();
    const log = new MemoryRoomLog({
      limits,
      publish: (room, message) => {
        heard.set(room, [...(heard.get(room) ?? []), message]);
        return 1;
      },
    });
    return Promise.resolve({
      log,
      messages: (room) => heard.get(room) ?? [],
      stop: () => {
        log.close();
        return Promise.resolve();
      },
    });
  });
});
