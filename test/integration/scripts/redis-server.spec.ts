import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseRedisBinary, findRedisBinary } from '../../../scripts/lib/redis-binary.mjs';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { probeRedis } from '../../../scripts/lib/redis-probe.mjs';
import { isAlive } from '../../support/scripts/is-alive.js';
import { waitFor } from '../../support/wait-for.js';
import { startStarter } from '../../support/scripts/starter.js';

describe('a private Redis', () => {
  it('answers once it is started, and is gone once it is stopped', async () => {
    const server = await startRedisServer();
    expect(await probeRedis(server.port)).toEqual({ ready: true, pid: server.pid });
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);

    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(await probeRedis(server.port)).toEqual({ ready: false });
  });

  it("starts with the binary of Debian's redis-tools, which has another name", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-test-'));
    symlinkSync(chooseRedisBinary(), join(folder, 'redis-check-rdb'));

    const binary = findRedisBinary(folder);
    expect(binary).toBe(join(folder, 'redis-check-rdb'));
    const server = await startRedisServer({ binary: join(folder, 'redis-check-rdb') });
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('does not take any program of that name for a Redis', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-test-'));
    symlinkSync(process.execPath, join(folder, 'redis-server'));
    expect(findRedisBinary(folder)).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('comes back on the port of one that was killed', async () => {
    const first = await startRedisServer();
    await first.kill();
    const second = await startRedisServer({ port: first.port });
    expect(await probeRedis(first.port)).toEqual({ ready: true, pid: second.pid });
    await second.stop();
  });

  it('says why it does not start, and does not take another server on its port for itself', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startRedisServer({ port })).rejects.toThrow(
      /did not start on port \d+.*Address already in use/s,
    );
    other.close();

    const redis = await startRedisServer();
    await expect(startRedisServer({ port: redis.port })).rejects.toThrow(/Address already in use/);
    await redis.stop();
  });

  it('is ready with a password too', async () => {
    const server = await startRedisServer({ args: ['--requirepass', 'secret'] });
    expect(await probeRedis(server.port)).toEqual({ ready: true });
    await server.stop();
  });

  it('stops while it is paused', async () => {
    const server = await startRedisServer();
    server.pause();
    expect(await probeRedis(server.port, 100)).toEqual({ ready: false });
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('leaves nothing behind when its starter is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-test-'));
    const starter = await startStarter(`
      process.env.TMPDIR = ${JSON.stringify(folder)};
      const { pid, port } = await startRedisServer();
      const { readdirSync } = await import('node:fs');
      console.log(JSON.stringify({ pid, port, dir: readdirSync(${JSON.stringify(folder)})[0] }));
    `);
    const { pid, dir } = starter.started as { pid: number; dir: string };
    expect(existsSync(join(folder, dir))).toBe(true);

    starter.process.kill('SIGKILL');
    await waitFor('its Redis and its folder are gone', () => !isAlive(pid) && !existsSync(join(folder, dir)));
    rmSync(folder, { recursive: true });
  });
});
