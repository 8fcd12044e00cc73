import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket } from '../../../support/raw-socket.js';
import { waitFor } from '../../../support/wait-for.js';

let server: LimitedServer;
afterEach(() => server.stop());

describe('A user who has flooded the server', () => {
  it('is refused for a while with RATE_LIMITED, told when to come back, and then let in', async () => {
    server = await startLimitedServer({ eventsPerSecond: { perSocket: 20 }, floodPauseMs: 3000 });
    const flooding = await server.connect('ada');
    for (let n = 0; n < 500; n++) flooding.socket.emit('flood', n);
    await waitFor('the end of the connection', () => !flooding.socket.connected);
    const refused = server.connect('ada');
    await expect(refused).rejects.toMatchObject({
      data: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number },
    });
    expect(server.limited('flood-pause')).toBe(1);
    await server.connect('bob');
    await waitFor('the pause to be over', () => server.connect('ada').catch(() => undefined));
  }, 30_000);

  it('is let in at once where the application says so', async () => {
    server = await startLimitedServer({ eventsPerSecond: { perSocket: 20 }, floodPauseMs: 0 });
    const flooding = await server.connect('ada');
    for (let n = 0; n < 500; n++) flooding.socket.emit('flood', n);
    await waitFor('the end of the connection', () => !flooding.socket.connected);
    await server.connect('ada');
  });
});

describe('Handshakes of a user', () => {
  it('are refused above their rate, and those of others are not', async () => {
    server = await startLimitedServer({ handshakesPerSecond: { perUser: 1 } });
    const refusal = await waitFor('a refusal', () =>
      server.connect('ada').then(
        ({ socket }) => void socket.disconnect(),
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({
      data: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number },
    });
    expect(server.limited('handshakes-per-user')).toBe(1);
    await server.connect('bob');
  });
});

describe('Handshakes of an address that come to nothing', () => {
  it('are refused by HTTP, a second late, and those of others are not', async () => {
    server = await startLimitedServer({
      handshakesPerSecond: { refusedPerAddress: 1 },
      trustedProxies: 1,
    });
    const from = (address: string): RawSocket => new RawSocket(server.url, { 'X-Forwarded-For': address });
    for (let n = 0; n < 5; n++) {
      const brokenOff = from('192.0.2.1');
      await brokenOff.next('0');
      brokenOff.close();
    }
    await waitFor('a refusal', async () => {
      const startedAt = performance.now();
      const tried = from('192.0.2.1');
      await waitFor('an answer', () => tried.answer !== '');
      tried.close();
      if (!tried.answer.includes('RATE_LIMITED')) return false;
      expect(performance.now() - startedAt).toBeGreaterThan(900);
      return true;
    });
    expect(server.limited('handshakes-per-address')).toBeGreaterThan(0);
    const other = from('192.0.2.2');
    await other.next('0');
    other.close();
  });
});
