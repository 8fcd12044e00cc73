import { clientAddress } from '../../../../src/server/limits/client-address.js';

const of = (remoteAddress: string, forwarded?: string, proxies = 0): string =>
  clientAddress(
    {
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      socket: { remoteAddress },
    },
    proxies,
  );

describe('The address of a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('is one for all that one subscriber has: %s is of %s', (address, expected) => {
    expect(of(address)).toBe(expected);
  });

  it('is not what a client says, unless proxies are trusted', () => {
    expect(of('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
  });

  it.each([
    [1, '198.51.100.7', '198.51.100.7'],
    [1, '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    [2, '203.0.113.9, 198.51.100.7', '203.0.113.9'],
    [1, '2001:db8:1:2::7', '2001:db8:1:2::/64'],
  ])('is what the outermost of %d trusted proxies has seen: of %s %s', (proxies, forwarded, expected) => {
    expect(of('192.0.2.1', forwarded, proxies)).toBe(expected);
  });

  it('is the connection’s own where fewer proxies have said something than are trusted', () => {
    expect(of('192.0.2.1', '198.51.100.7', 3)).toBe('192.0.2.1');
    expect(of('192.0.2.1', undefined, 1)).toBe('192.0.2.1');
    expect(of('192.0.2.1', ' ', 1)).toBe('192.0.2.1');
  });

  it('is no key without bounds, whatever a proxy writes', () => {
    expect(of('192.0.2.1', 'x'.repeat(5000), 1)).toHaveLength(64);
  });
});
