import type { GatewayEvents } from '../contract/index.js';
import type { ConnectGatewayOptions } from './client-options.js';
import type { GatewayClient } from './gateway-client.js';
import { ResumingClient } from './resuming-client.js';

/**
 * Connects to a gateway, and goes on where it was whenever the connection breaks.
 *
 * It connects by itself, but not before the macrotask after this call: handlers that are added at once miss nothing, live
 * events included. What comes before a later handler waits for it, unless it is live.
 *
 * @param url of the server, with the namespace as its path
 * @typeParam Events event name -> payload; the application's {@link GatewayEvents} unless another is given
 * @throws STORAGE_SHARED when `storage` is `localStorage`
 */
export function connectGateway<Events = GatewayEvents>(
  url: string,
  options: ConnectGatewayOptions = {},
): GatewayClient<Events> {
  const client = new ResumingClient<Events>(url, options);
  if (options.autoStart ?? true) client.start();
  return client;
}
