import { GatewayError } from '../contract/index.js';

/** Which names may stand in spans. */
export interface ShownNamesOptions {
  readonly rooms?: readonly string[] | undefined;
  readonly events?: readonly string[] | undefined;
}

/** Where an event goes, as spans say it. */
export interface Destination {
  /** What stands for it, and for others like it. */
  readonly template: string;
  /** Its name, where that may be shown. */
  readonly name: string | undefined;
}

const EVERYBODY: Destination = { template: '*', name: undefined };
const SOME_ROOM: Destination = { template: '{room}', name: undefined };
const OF_THE_LIBRARY: readonly (readonly [start: string, template: string])[] = [
  ['user:', 'user:{user}'],
  ['job:', 'job:{job}'],
];

/** Decides what spans say of rooms and events: only what was allowed by name, for others may be anybody's. */
export class ShownNames {
  readonly #rooms = new Set<string>();
  readonly #beginnings: string[] = [];
  readonly #events: ReadonlySet<string>;

  /** @throws INVALID_OPTIONS */
  constructor({ rooms = [], events = [] }: ShownNamesOptions) {
    for (const room of namesIn(rooms, 'rooms')) {
      if (!room.endsWith('*')) this.#rooms.add(room.normalize());
      else if (room.length > 1) this.#beginnings.push(room.normalize());
      else
        throw invalid(
          "'*' in 'rooms' would show every user's id: name what rooms begin with, as 'project:*'.",
        );
    }
    this.#events = new Set(namesIn(events, 'events'));
  }

  /** @param room null is everybody, undefined what is no room */
  destination(room: string | null | undefined): Destination | undefined {
    if (room === null) return EVERYBODY;
    if (room === undefined) return undefined;
    if (this.#rooms.has(room)) return { template: room, name: room };
    const shown = this.#beginnings.find((beginning) => room.startsWith(beginning.slice(0, -1)));
    if (shown !== undefined) return { template: shown, name: undefined };
    const own = OF_THE_LIBRARY.find(([start]) => room.startsWith(start));
    return own ? { template: own[1], name: undefined } : SOME_ROOM;
  }

  /** The name of an event, where it may be shown. */
  event(find: () => unknown): string | undefined {
    if (this.#events.size === 0) return undefined;
    const name = find();
    return typeof name === 'string' && this.#events.has(name) ? name : undefined;
  }
}

function namesIn(names: unknown, option: string): readonly string[] {
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '');
  if (isList) return names as string[];
  throw invalid(`'${option}' of openTelemetry() must be a list of names.`);
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_OPTIONS', message);
}
