import { readFileSync } from 'node:fs';
import { DeafProxy } from '../../support/deaf-proxy.js';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoServerProcess } from '../../support/demo/demo-process.js';
import { PrometheusProcess, type ActiveAlert } from '../../support/ops/prometheus-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

// Here and not among the chaos tests: nothing is measured under load, and what is followed is the road of one fact, from
// the processes of the demo to an alert in a Prometheus of its own.

const SHIPPED = readFileSync(new URL('../../../ops/prometheus/alerts.yml', import.meta.url), 'utf8');

/** The shipped rules, of which only the waiting is shorter: their expressions are what they are. */
const RULES = SHIPPED.replace(/^( +for:) .+$/gm, '$1 5s');

const resources = new Resources();
let proxy: DeafProxy;
let prometheus: PrometheusProcess;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  proxy = resources.add(await DeafProxy.start(redis.port));
  const demo = resources.add(await DemoEnvironment.make());
  const server = resources.add(await DemoServerProcess.start({ ...demo.env, REDIS_URL: proxy.url }));
  const targets = { demo: `127.0.0.1:${server.port}` };
  prometheus = resources.add(await PrometheusProcess.start({ rules: RULES, targets }));
}, 90_000);
afterAll(() => resources.stop(), 30_000);

const deafAlert = async (): Promise<ActiveAlert | undefined> =>
  (await prometheus.alerts()).find(({ labels }) => labels['alertname'] === 'SocketGatewayDeaf');

describe("Debian's Prometheus, with the demo's server as its target and the shipped rules", () => {
  it('scrapes the server, reads all rules, and has no alert while all is well', async () => {
    const isUp = async (): Promise<boolean> => (await prometheus.query('up{job="demo"}'))[0]?.value === 1;
    await waitFor('the server to be up', isUp, 30_000);
    const names = [...SHIPPED.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name);
    const loaded = (await prometheus.rules()).map(({ name }) => name);
    expect(loaded.sort()).toEqual(names.sort());
    const isWell = async (): Promise<boolean> => {
      const [ready] = await prometheus.query('socket_gateway_ready');
      return ready?.value === 1 && (await prometheus.alerts()).length === 0;
    };
    await waitFor('the server to be ready, and no alert', isWell, 60_000);
  }, 120_000);

  it('alerts when the server becomes deaf and stays so, and no more when it hears again', async () => {
    // On every connection that the server makes anew too, or it would heal itself before anybody is alerted.
    proxy.isDeaf = true;
    await waitFor('the alert to be pending', async () => (await deafAlert())?.state === 'pending', 45_000);
    const alert = await waitFor(
      'the alert to fire',
      async () => {
        const found = await deafAlert();
        return found?.state === 'firing' && found;
      },
      30_000,
    );
    expect(alert.labels).toMatchObject({ job: 'demo', severity: 'critical' });
    const [up] = await prometheus.query('up{job="demo"}');
    const [redis] = await prometheus.query('socket_gateway_redis_up{connection="publish"}');
    expect([up?.value, redis?.value]).toEqual([1, 1]);

    proxy.isDeaf = false;
    await waitFor('the alert to be resolved', async () => (await deafAlert()) === undefined, 60_000);
    await waitFor('no alert', async () => (await prometheus.alerts()).length === 0, 30_000);
  }, 180_000);
});
