import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { choosePort, urlOf } from '../../../scripts/lib/server-address.mjs';

describe("the server's address", () => {
  it('has the port that PORT names', async () => {
    const port = await freePort();
    expect(await choosePort(String(port))).toBe(port);
  });

  it('is chosen when PORT names none, or 0', async () => {
    expect(await choosePort(undefined)).toBeGreaterThan(0);
    expect(await choosePort('0')).toBeGreaterThan(0);
  });

  it.each(['http', '-1', '65536', '3000 '])('refuses "%s", and says which value it was', async (wanted) => {
    await expect(choosePort(wanted)).rejects.toThrow(`PORT is "${wanted}", which is no port`);
  });

  it('refuses a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(choosePort(String(port))).rejects.toThrow(`Port ${port} is taken`);
    server.close();
    await once(server, 'close');
  });

  it.each([
    [undefined, 'http://localhost:80'],
    ['0.0.0.0', 'http://localhost:80'],
    ['192.0.2.1', 'http://192.0.2.1:80'],
    ['::1', 'http://[::1]:80'],
  ])('is reached, when HOST is %s, at %s', (host, url) => {
    expect(urlOf(host, 80)).toBe(url);
  });
});
