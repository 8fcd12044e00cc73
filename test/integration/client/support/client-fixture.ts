import {
  connectGateway,
  type ConnectGatewayOptions,
  type GatewayClient,
  type GatewayClientError,
} from 'nestjs-socket-gateway/client';
import { waitFor } from '../../../support/wait-for.js';
import { ScriptedGateway } from './scripted-gateway.js';

/** A scripted server, and clients of it, all of which end with the test. */
export class ClientFixture {
  readonly errors: GatewayClientError[] = [];
  readonly #clients: GatewayClient[] = [];

  private constructor(public gateway: ScriptedGateway) {}

  static async start(): Promise<ClientFixture> {
    return new ClientFixture(await ScriptedGateway.start());
  }

  get codes(): string[] {
    return this.errors.map(({ code }) => code);
  }

  /** A client that reconnects in milliseconds, and whose errors are kept. */
  connect(options: ConnectGatewayOptions = {}): GatewayClient {
    const client = connectGateway(this.gateway.url, {
      token: 'token of ada',
      onError: (error) => this.errors.push(error),
      ...options,
      socketOptions: {
        transports: ['websocket'],
        reconnectionDelay: 10,
        reconnectionDelayMax: 20,
        ...options.socketOptions,
      },
    });
    this.#clients.push(client);
    return client;
  }

  /** What the handler of an event has been given. */
  collect(client: GatewayClient, event = 'note'): unknown[] {
    const payloads: unknown[] = [];
    client.on(event, (data) => payloads.push(data));
    return payloads;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.gateway.stop();
  }
}

/** Resolves when a client is in a state. */
export async function untilState(client: GatewayClient, state: GatewayClient['state']): Promise<void> {
  await waitFor(`the state ${state}, not ${client.state}`, () => client.state === state);
}

/** A promise that the test settles. */
export function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { promise, resolve, reject };
}
