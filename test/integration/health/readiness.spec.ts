import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  SocketGatewayHealth,
  SocketGatewayHealthIndicator,
  SocketGatewayModule,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { AUTH, startGatewayApp } from '../../support/gateway-app.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

let resources: Resources;
beforeEach(() => (resources = new Resources()));
afterEach(() => resources.stop());

async function healthOf(options: Partial<SocketGatewayOptions> & { redis: string }) {
  const server = await startServerApplication(resources, { prefix: uniquePrefix(), ...options });
  return { server, health: server.app.get(SocketGatewayHealth) };
}

describe('A server', () => {
  it('is ready when it has heard itself through Redis, not before', async () => {
    const redis = resources.add(await RedisProcess.start());
    redis.pause();
    const { health } = await healthOf({ redis: redis.url });
    expect(health.readiness()).toMatchObject({ status: 'down', details: { redis: 'starting' } });
    expect(health.liveness()).toMatchObject({ status: 'up' });
    redis.resume();
    const { details } = await waitFor('to be ready', () => {
      const report = health.readiness();
      return report.status === 'up' && report.details['redis'] === 'heard' && report;
    });
    expect(details).toEqual({
      connections: 0,
      draining: false,
      redis: 'heard',
      probeAgeSeconds: expect.any(Number) as number,
    });
  });

  it.each([
    { requireRedis: false, status: 'up' },
    { requireRedis: true, status: 'down' },
  ])(
    'is $status without its Redis when requireRedis is $requireRedis, and alive',
    async ({ requireRedis, status }) => {
      const redis = resources.add(await RedisProcess.start());
      const { health } = await healthOf({ redis: redis.url, requireRedis });
      await waitFor('to be ready', () => health.readiness().status === 'up');
      await redis.kill();
      await waitFor('to know', () => health.readiness().details['redis'] === 'away');
      expect(health.readiness().status).toBe(status);
      expect(health.liveness().status).toBe('up');
      await redis.restart();
      await waitFor('to be ready again', () => {
        const report = health.readiness();
        return report.status === 'up' && report.details['redis'] === 'heard';
      });
    },
  );

  it('is ready without any Redis, where none is configured', async () => {
    const { health } = await healthOf({ redis: '' });
    expect(health.readiness()).toEqual({
      status: 'up',
      details: { connections: 0, draining: false, redis: 'none' },
    });
  });

  it('is not ready while it drains, and alive', async () => {
    const metrics = new RecordedMetrics();
    const { server, health } = await healthOf({ redis: '', drainMs: 60_000, metrics });
    const ann = await server.connect('ann');
    expect(metrics.value('ready')).toBe(1);
    const closing = server.app.close();
    await waitFor('to drain', () => server.gateway.isDraining);
    expect(metrics.value('ready')).toBe(0);
    expect(health.readiness()).toMatchObject({ status: 'down', details: { draining: true, connections: 1 } });
    expect(health.liveness().status).toBe('up');
    ann.stop();
    await closing;
    expect(metrics.value('ready')).toBeUndefined();
  });

  it('says it to @nestjs/terminus, which answers with 200 and 503', async () => {
    @Controller('ready')
    class ReadyController {
      readonly #checks: HealthCheckService;
      readonly #gateway: SocketGatewayHealthIndicator;
      constructor(checks: HealthCheckService, gateway: SocketGatewayHealthIndicator) {
        this.#checks = checks;
        this.#gateway = gateway;
      }

      @Get()
      @HealthCheck()
      check() {
        return this.#checks.check([() => this.#gateway.readiness(), () => this.#gateway.liveness('alive')]);
      }
    }
    const redis = resources.add(await RedisProcess.start());
    const options = { redis: redis.url, prefix: uniquePrefix(), requireRedis: true, auth: AUTH, drainMs: 0 };
    const server = resources.add(
      await startGatewayApp({
        gateway: SocketGatewayModule.forRoot(options),
        metadata: { imports: [TerminusModule.forRoot({ logger: false })], controllers: [ReadyController] },
      }),
    );
    const ask = (): Promise<Response> => fetch(`${server.url}/ready`);
    const ready = await waitFor('200', async () => {
      const response = await ask();
      return response.status === 200 && response;
    });
    expect(await ready.json()).toMatchObject({
      status: 'ok',
      details: { socketGateway: { status: 'up', redis: 'heard', draining: false }, alive: { status: 'up' } },
    });
    await redis.kill();
    const refused = await waitFor('503', async () => {
      const response = await ask();
      return response.status === 503 && response;
    });
    expect(await refused.json()).toMatchObject({
      status: 'error',
      error: { socketGateway: { status: 'down', redis: 'away' } },
      info: { alive: { status: 'up' } },
    });
  });
});

describe('A worker', () => {
  it('is ready when Redis answers, and not when it does not or there is none', async () => {
    const redis = resources.add(await RedisProcess.start());
    const prefix = uniquePrefix();
    const { emitter } = await startWorkerApplication(resources, {
      redis: redis.url,
      prefix,
      emitTimeoutMs: 500,
    });
    expect(await emitter.readiness()).toEqual({ status: 'up', details: { redis: 'ready', waiting: 0 } });
    redis.pause();
    await emitter.emitToUser('ann', 'event', 1);
    expect(await emitter.readiness()).toMatchObject({ status: 'down', details: { waiting: 1 } });
    redis.resume();
    await waitFor('to be ready', async () => (await emitter.readiness()).status === 'up');

    const without = await startWorkerApplication(resources, { redis: '' });
    expect(await without.emitter.readiness()).toMatchObject({ status: 'down', details: { redis: 'none' } });
  });
});
