import { runFixture } from '../../support/run-fixture.js';

/** What only a server needs: megabytes of memory, and peers that a worker may not have installed. */
const OF_THE_SERVER =
  /node_modules\/(socket\.io|engine\.io|socket\.io-adapter|ws|@nestjs\/(websockets|platform-[a-z.-]+|jwt)|@socket\.io\/redis-adapter)\//;

async function modulesOf(entry: string): Promise<string[]> {
  return (await runFixture('loaded-modules.mjs', [entry])).trim().split('\n');
}

describe('The entry', () => {
  it("'/worker' loads nothing of the Socket.IO server", async () => {
    const modules = await modulesOf('nestjs-socket-gateway/worker');
    expect(modules.filter((module) => OF_THE_SERVER.test(module))).toEqual([]);
    // The list is one: it has what a worker does load.
    expect(modules.some((module) => module.includes('/node_modules/ioredis/'))).toBe(true);
    expect(modules.some((module) => module.includes('/node_modules/@socket.io/redis-emitter/'))).toBe(true);
    expect(modules.some((module) => module.endsWith('/dist/worker/index.js'))).toBe(true);
  });

  it("'.' does load it, which shows that the test above would notice", async () => {
    const modules = await modulesOf('nestjs-socket-gateway');
    for (const name of ['socket.io', '@nestjs/websockets', '@nestjs/platform-socket.io', 'engine.io']) {
      expect({ name, isLoaded: modules.some((module) => module.includes(`node_modules/${name}/`)) }).toEqual({
        name,
        isLoaded: true,
      });
    }
  });

  it("'/contract' loads nothing but itself", async () => {
    const modules = await modulesOf('nestjs-socket-gateway/contract');
    const others = modules.filter((module) => !/\/dist\/contract\/[a-z-]+\.js$/.test(module));
    expect(others.filter((module) => !module.includes('/test/e2e/fixtures/'))).toEqual([]);
  });
});
