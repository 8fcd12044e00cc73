import { systemKinds } from '../../../scripts/lib/operating-system.mjs';
import { howToGetRedis } from '../../../scripts/lib/redis-binary.mjs';

describe('the sentence on how to get Redis', () => {
  it.each([
    ['macOS', systemKinds('darwin', ''), '`brew install redis`'],
    [
      'Debian',
      systemKinds('linux', 'PRETTY_NAME="Debian"\nID=debian\n'),
      '`sudo apt-get install redis-tools`',
    ],
    [
      'Mint',
      systemKinds('linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'),
      '`sudo apt-get install redis-tools`',
    ],
    [
      'Rocky',
      systemKinds('linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'),
      '`sudo dnf install valkey`',
    ],
    ['another system', systemKinds('freebsd', ''), 'install redis-server or valkey-server'],
  ])('names the command of %s', (_system, kinds, command) => {
    expect(howToGetRedis(kinds)).toBe(
      `There is no Redis on this machine: ${command.startsWith('`') ? `install it with ${command}` : command}, ` +
        'or set REDIS_URL to the address of one that runs.',
    );
  });
});
