import { wallClock } from './wall-clock.mjs';

/** The event that everything is measured with. */
export const EVENT = 'import:progress';

/** As many users as clients: each event is for one of them. */
export const USER_COUNT = 100;

/** @param {number} index */
export const userId = (index) => `user-${index % USER_COUNT}`;

/**
 * About 100 bytes as JSON, of the kinds that such events have.
 * @param {number} index
 */
export function payload(index) {
  return {
    jobId: 'job-7f3a9c21',
    file: 'zipcodes.csv',
    row: index,
    total: 1_000_000,
    done: 0.25,
    sentAt: wallClock(),
  };
}

const SENT_AT = '"sentAt":';

/**
 * When an event was emitted. It is searched for, not parsed: events come with more beside the payload from some
 * contestants than from others, and reading that is not what is measured.
 * @param {string} packet
 */
export function sentAtOf(packet) {
  const start = packet.indexOf(SENT_AT) + SENT_AT.length;
  return Number(packet.slice(start, packet.indexOf('}', start)));
}
