/**
 * What has happened on a page's connection since the page was loaded, for those who want to see how nothing is lost.
 */
export class ConnectionJournal {
  /** How many durable events have been shown. */
  events = 0;
  /** How many latest values have been shown. */
  values = 0;
  /** How many of the events had been missed, or were older than the page, and were sent when it connected. */
  replayed = 0;
  /** How many of them at the last connection. */
  replayedLast = 0;
  /**
   * Whether the last connection brought everything that was missed before it; null when it was the page's first, which
   * has missed nothing.
   *
   * @type {boolean | null}
   */
  recovered = null;
  /** Why events are missing, once for each gap. @type {string[]} */
  gaps = [];

  /** An event has been handed over. @param {{ id?: string, key?: string } | undefined} meta */
  event(meta) {
    if (meta?.id !== undefined) this.events++;
    else this.values++;
  }

  /** Events are missing. @param {string} reason */
  gap(reason) {
    this.gaps.push(reason);
  }

  /**
   * The server has said how this page stands to its room.
   *
   * @param {{ ok: boolean, pending?: true, recovered: boolean | null, replayed: number }} readiness
   */
  joined({ ok, pending, recovered, replayed }) {
    // A room that cannot be read yet is told of again.
    if (!ok || pending) return;
    this.recovered = recovered;
    this.replayedLast = replayed;
    this.replayed += replayed;
  }
}
