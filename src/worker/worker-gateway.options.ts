import * as v from 'valibot';
import { gatewayOptionsEntries, type GatewayOptions } from '../config/index.js';

/** The options of `WorkerGatewayModule`; `namespace` and `prefix` must be those of the servers. */
export type WorkerGatewayOptions = GatewayOptions;

/** What `WorkerGatewayModule` accepts. */
export const workerGatewaySchema = v.strictObject(gatewayOptionsEntries) as v.GenericSchema<
  unknown,
  WorkerGatewayOptions
>;
