import { WebSocketGateway } from '@nestjs/websockets';
import type { SocketGatewayOptions } from 'nestjs-socket-gateway';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { startServerApplication } from '../../support/applications.js';
import { Resources } from '../../support/resources.js';

@WebSocketGateway({ pingInterval: 5000, pingTimeout: undefined as never, allowUpgrades: false })
class FirstGateway {}

@WebSocketGateway({ namespace: 'chat', pingInterval: 9000, pingTimeout: 7000 })
class SecondGateway {}

@WebSocketGateway({ path: '/other', pingInterval: 11_000 })
class OtherGateway {}

const resources = new Resources();
afterEach(() => resources.stop());

async function start(options: SocketGatewayOptions, ...providers: (new () => object)[]): Promise<string> {
  return (await startServerApplication(resources, { redis: '', ...options }, { providers })).url;
}

/** What a server tells its clients of its options first. */
async function openingOf(url: string, path = '/socket.io'): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}/?EIO=4&transport=polling`);
  return JSON.parse((await response.text()).slice(1)) as Record<string, unknown>;
}

describe("What the decorators of an application's gateways say of the server", () => {
  it('is so, for each server the words of all its gateways, the first one first', async () => {
    const url = await start({}, FirstGateway, SecondGateway, OtherGateway);
    expect(await openingOf(url)).toMatchObject({ pingInterval: 5000, pingTimeout: 7000, upgrades: [] });
    expect(await openingOf(url, '/other')).toMatchObject({ pingInterval: 11_000, upgrades: ['websocket'] });
  });

  it('is so on a port of its own for the gateways of that port', async () => {
    const port = await freePort();
    @WebSocketGateway(port, { pingInterval: 13_000 })
    class PortGateway {}
    const url = await start({}, FirstGateway, PortGateway);
    expect(await openingOf(`http://127.0.0.1:${port}`)).toMatchObject({
      pingInterval: 13_000,
      upgrades: ['websocket'],
    });
    expect(await openingOf(url)).toMatchObject({ pingInterval: 5000, upgrades: [] });
  });

  it('is so with one gateway alone, to which Nest comes after ours', async () => {
    expect(await openingOf(await start({}, FirstGateway))).toMatchObject({ pingInterval: 5000 });
  });

  it("does not win over the module's options, whose path is that of all gateways", async () => {
    const url = await start({ path: '/mine', transports: ['polling'] }, OtherGateway, SecondGateway);
    expect(await openingOf(url, '/mine')).toMatchObject({
      pingInterval: 11_000,
      pingTimeout: 7000,
      upgrades: [],
    });
  });
});
