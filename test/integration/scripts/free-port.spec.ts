import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort, isPortFree } from '../../../scripts/lib/free-port.mjs';

describe('free ports', () => {
  it('gives a port that a server can use', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    expect(await isPortFree(port)).toBe(true);
  });

  it.each(['127.0.0.1', '0.0.0.0'])(
    'does not take a port for free on which a server listens at %s',
    async (host) => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect(await isPortFree(port)).toBe(false);
      server.close();
      await once(server, 'close');
    },
  );
});
