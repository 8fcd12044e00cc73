import type { AppendBatch, AppendReport, LogReadyListener, RoomLog } from '../room-log/index.js';

/** What lanes need of a log. */
export type AppendingLog = Pick<RoomLog, 'append' | 'onAway' | 'onReady' | 'isReady'>;

/** A log in front of another one, which does something more at each append. */
export abstract class ForwardingLog implements AppendingLog {
  protected readonly log: AppendingLog;

  constructor(log: AppendingLog) {
    this.log = log;
  }

  get isReady(): boolean {
    return this.log.isReady;
  }

  onReady(listener: LogReadyListener): () => void {
    return this.log.onReady(listener);
  }

  onAway(listener: () => void): () => void {
    return this.log.onAway(listener);
  }

  abstract append(batch: AppendBatch): Promise<AppendReport>;
}
