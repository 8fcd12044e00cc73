import { connectGateway, type GatewayClientError } from 'nestjs-socket-gateway/client';
import { startGatewayApp } from '../../support/gateway-app.js';
import { signToken } from '../../support/sign-token.js';
import { TestClient } from '../../support/connect-client.js';
import { waitFor } from '../../support/wait-for.js';

it('a client with a token function gets a newer token in time, and keeps its connection', async () => {
  const server = await startGatewayApp();
  const soon = (): string => signToken('ada', { exp: Math.floor(Date.now() / 1000) + 4 });
  const tokens = [soon()];
  const errors: GatewayClientError[] = [];
  const client = connectGateway(server.url, {
    token: () => tokens.shift() ?? signToken('ada'),
    onError: (error) => errors.push(error),
  });
  const witness = new TestClient(server.url, { auth: { token: soon() } });
  try {
    const states: string[] = [];
    client.onState((state) => states.push(state));
    await waitFor('the end of another', () => witness.disconnectCount === 1);
    expect(states).toEqual(['ready']);
    expect(client.state).toBe('ready');
    expect(errors).toEqual([]);
  } finally {
    client.close();
    witness.stop();
    await server.stop();
  }
});
