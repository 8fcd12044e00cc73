import 'nestjs-socket-gateway/contract';
import type { ProcessFigures } from './figure-sample.js';

/** The room of who watches the demo's processes. */
export const OPERATIONS_ROOM = 'operations';

/** An event that is there to be counted: whoever gets it sees by its number whether one is missing. */
export interface Beat {
  /** Which process' beats these are; numbers begin anew with each. */
  run: string;
  /** From 1. */
  number: number;
}

/** The events of the room {@link OPERATIONS_ROOM}. */
export interface OperationsEvents {
  /** The newest figures of a worker, `latest` under a key of its own. */
  'operations:figures': ProcessFigures;
  /** `durable`, a few each second. */
  'operations:beat': Beat;
  /** The same `live`: nothing keeps it. */
  'operations:tick': Beat;
}

declare module 'nestjs-socket-gateway/contract' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merging takes an interface
  interface GatewayEvents extends OperationsEvents {}
}
