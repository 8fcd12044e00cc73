/** One event of a suite: who emitted it, and as which of the events that it emitted to the room. */
export interface Identity {
  readonly by: string;
  readonly n: number;
}

/** An event as the log has it, or as a client was shown it. */
export interface Shown extends Identity {
  readonly token: string;
}

/** What an emitter was told of an event: the status of its `EmitResult`, or the code of the failure. */
export interface Told extends Identity {
  readonly room: string;
  readonly status: string;
}

/** What a client was shown of a room, in the order in which it came. */
export interface Receipts {
  readonly events: readonly Shown[];
  /** The reasons of the gaps that were announced. */
  readonly gaps: readonly string[];
}

export interface Evidence {
  /** The logs of all rooms at the end: what they have is what happened. */
  readonly logs: ReadonlyMap<string, readonly Shown[]>;
  readonly told: readonly Told[];
  /** Emitters that were killed: what was queued in them may be gone. */
  readonly dead: ReadonlySet<string>;
  /** Of each client: of each room that it is in. */
  readonly clients: readonly ReadonlyMap<string, Receipts>[];
}

/**
 * What may be wrong.
 *
 * - `lost`: taken by the library and in no log, or in the log and not shown.
 * - `silent`: clients and rooms where an event was shown that the log does not have, and no `rolled-back` announced it.
 * - `needless`: clients and rooms to which `rolled-back` was announced though all that they were shown is in the log.
 */
export const COUNTS = ['lost', 'repeated', 'outOfOrder', 'gaps', 'silent', 'needless'] as const;
export type Count = (typeof COUNTS)[number];

export interface Verdict extends Record<Count, number> {
  /** Events in the logs. */
  readonly appended: number;
  /** Events that clients were shown, all together. */
  readonly delivered: number;
  /** The first of what is wrong, for the message. */
  readonly examples: Readonly<Record<Count, readonly string[]>>;
}

/** Holds what the clients of a suite were shown, and what the emitters were told, against the logs. */
export function judge({ logs, told, dead, clients }: Evidence): Verdict {
  const findings = new Findings();
  for (const [room, events] of logs) {
    findings.add('repeated', repeatsOf(events), `the log of ${room}`);
    findings.add('outOfOrder', disorderByEmitter(events), `the log of ${room}`);
  }
  findings.add('lost', lostBeforeTheLog(logs, told, dead), 'emitters');
  let delivered = 0;
  for (const [index, rooms] of clients.entries()) {
    for (const [room, receipts] of rooms) {
      delivered += receipts.events.length;
      judgeReceipts(findings, `client ${index} in ${room}`, logs.get(room) ?? [], receipts);
    }
  }
  const appended = [...logs.values()].reduce((sum, { length }) => sum + length, 0);
  return { appended, delivered, ...findings.counts, examples: findings.examples };
}

const MAX_EXAMPLES = 10;

class Findings {
  readonly counts = forEachCount(() => 0);
  readonly examples = forEachCount((): string[] => []);

  add(count: Count, found: readonly string[], where: string): void {
    this.counts[count] += found.length;
    if (found.length === 0 || this.examples[count].length >= MAX_EXAMPLES) return;
    this.examples[count].push(`${where}: ${found.length}, as ${found.slice(0, 5).join(', ')}`);
  }
}

function forEachCount<Value>(make: () => Value): Record<Count, Value> {
  return Object.fromEntries(COUNTS.map((count) => [count, make()])) as Record<Count, Value>;
}

function judgeReceipts(
  findings: Findings,
  where: string,
  log: readonly Shown[],
  { events, gaps }: Receipts,
): void {
  const shown = new Set(events.map(nameOf));
  const indexes = new Map(log.map(({ token }, index) => [token, index]));
  findings.add('lost', log.filter((event) => !shown.has(nameOf(event))).map(nameOf), where);
  findings.add('repeated', repeatsOf(events), where);
  // What was rolled back is not in the log, and what was emitted by others in between may now be in another order.
  const logged = events.filter(({ token }) => indexes.has(token));
  const inLogOrder = disorder(logged, ({ token }) => indexes.get(token) ?? -1);
  findings.add('outOfOrder', [...new Set([...inLogOrder, ...disorderByEmitter(events)])], where);
  findings.add('gaps', gaps, where);
  const isAnnounced = gaps.includes('rolled-back');
  const forgotten = events.filter(({ token }) => !indexes.has(token)).map(nameOf);
  if (forgotten.length > 0 && !isAnnounced) {
    findings.add('silent', [`${forgotten.join(' ')}, with the gaps [${gaps.join(' ')}]`], where);
  }
  if (forgotten.length === 0 && isAnnounced) findings.add('needless', ['rolled-back'], where);
}

function lostBeforeTheLog(
  logs: Evidence['logs'],
  told: Evidence['told'],
  dead: Evidence['dead'],
): readonly string[] {
  const logged = new Map([...logs].map(([room, events]) => [room, new Set(events.map(nameOf))]));
  return told
    .filter(({ by, status }) => status !== 'queued' || !dead.has(by))
    .filter((event) => !logged.get(event.room)?.has(nameOf(event)))
    .map((event) => `${nameOf(event)} (${event.status}) in ${event.room}`);
}

function repeatsOf(events: readonly Shown[]): string[] {
  const seen = new Set<string>();
  return events.map(nameOf).filter((name) => seen.size === seen.add(name).size);
}

function disorderByEmitter(events: readonly Shown[]): string[] {
  const emitters = new Map<string, Shown[]>();
  for (const event of events) {
    const own = emitters.get(event.by);
    if (own) own.push(event);
    else emitters.set(event.by, [event]);
  }
  return [...emitters.values()].flatMap((own) => disorder(own, ({ n }) => n));
}

/** The events that come after one whose place is behind theirs. */
function disorder(events: readonly Shown[], placeOf: (event: Shown) => number): string[] {
  let highest = -Infinity;
  return events
    .filter((event) => {
      const place = placeOf(event);
      const isLate = place < highest;
      highest = Math.max(highest, place);
      return isLate;
    })
    .map(nameOf);
}

function nameOf({ by, n }: Identity): string {
  return `${by}#${n}`;
}
