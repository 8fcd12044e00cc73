import type { Lane } from './lane.js';
import type { LaneEvent } from './lane-event.js';
import type { LanesLimits } from './lanes-limits.js';

/** Sends what a lane has up to a seq, as far as one batch carries it. */
export type SendUpTo = (lane: Lane, lastSeq: number) => void;

interface Step {
  lastSeq: number;
  readonly lanes: Set<Lane>;
}

/**
 * What waits in all lanes when the log is back: sent oldest first, over all rooms, in steps of what one script call carries,
 * each when the one before it has been answered. Worked example of what lanes that send by themselves would do:
 *
 *     while Redis is away:    1 to 200 are emitted to room a, then "imported" to room b
 *     Redis is back:          each room sends its first batch: 1 to 64 to a, "imported" to b
 *     who is in both rooms:   is shown "imported" before 65, and reads it beside a progress of a third
 *
 * A room that Redis does not take now, though it is there, does not keep the others waiting.
 */
export class Backlog {
  readonly #steps: readonly Step[];
  readonly #send: SendUpTo;
  #next = 0;

  constructor(lanes: Iterable<Lane>, limits: LanesLimits, send: SendUpTo) {
    this.#steps = stepsOf(lanes, limits);
    this.#send = send;
  }

  /** Sends what may be sent now; returns whether anything is left. To be called again at each answer. */
  advance(): boolean {
    for (let step = this.#steps[this.#next]; step; step = this.#steps[++this.#next]) {
      if (this.#isUnderWay(step)) return true;
    }
    return false;
  }

  /** Lanes whose events the log had forgotten have older ones, too, and send more than once. */
  #isUnderWay({ lanes, lastSeq }: Step): boolean {
    let isUnderWay = false;
    for (const lane of lanes) {
      if (!lane.isBusy && !lane.isPaused && lane.hasUpTo(lastSeq)) this.#send(lane, lastSeq);
      isUnderWay ||= lane.isBusy;
    }
    return isUnderWay;
  }
}

function stepsOf(lanes: Iterable<Lane>, { maxBatchEvents, maxBatchChars }: LanesLimits): Step[] {
  const waiting: [LaneEvent, Lane][] = [];
  for (const lane of lanes) for (const event of lane.waiting) waiting.push([event, lane]);
  waiting.sort(([one], [other]) => one.seq - other.seq);
  const steps: Step[] = [];
  let [count, chars, asks] = [0, 0, false];
  for (const [event, lane] of waiting) {
    const step = steps.at(-1);
    const fits = count < maxBatchEvents && chars + event.chars <= maxBatchChars && event.asksReceipt === asks;
    count++;
    chars += event.chars;
    if (step && fits) {
      step.lastSeq = event.seq;
      step.lanes.add(lane);
    } else {
      steps.push({ lastSeq: event.seq, lanes: new Set([lane]) });
      [count, chars, asks] = [1, event.chars, event.asksReceipt];
    }
  }
  return steps;
}
