/**
 * The events of an application: name -> payload. Extend it by declaration merging, once, anywhere:
 *
 * ```ts
 * import 'nestjs-socket-gateway/contract';
 * declare module 'nestjs-socket-gateway/contract' {
 *   interface GatewayEvents { 'import:done': { rows: number } }
 * }
 * ```
 *
 * With nothing declared every event name is allowed, with any payload. The library's own events are not in it.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- users merge their events into it
export interface GatewayEvents {}

/** The names in `Events`, or any string while `Events` declares nothing. */
export type EventName<Events> = [keyof Events] extends [never] ? string : Extract<keyof Events, string>;

/** The payload of the event `Name` in `Events`; `unknown` while `Events` declares nothing. */
export type EventPayload<Events, Name extends string> = Name extends keyof Events ? Events[Name] : unknown;
