import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../../scripts/lib/project.mjs';
import { runCommand } from '../../support/run-command.js';

describe('what gateways of the application throw in handleConnection and handleDisconnect', () => {
  it('does not end the process, and is in the log', async () => {
    const script = fileURLToPath(new URL('fixtures/throwing-gateways.mjs', import.meta.url));
    const { code, stdout, stderr } = await runCommand(process.execPath, [script], { cwd: projectRoot });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      calls: [
        'async handleConnection',
        'async handleDisconnect',
        'sync handleConnection',
        'sync handleDisconnect',
      ],
      echo: 'still here',
      hello: 1,
    });
    const log = stdout + stderr;
    expect(log).toMatch(/\[ThrowingGateway\].*handleConnection failed/);
    expect(log).toMatch(/\[RejectingGateway\].*handleDisconnect failed/);
    expect(log).toContain('thrown at once');
    expect(log).toContain('thrown later');
  }, 60_000);
});
