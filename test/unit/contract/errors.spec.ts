import { readFileSync } from 'node:fs';
import { ERROR_CODES, GatewayError, isGatewayError } from '../../../src/contract/index.js';
import { hostileProxy, revokedProxy } from '../../support/hostile.js';

describe('the error codes', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const sections = page.split(/^## /m).slice(1);

  it('are the headings of docs/errors.md, in their order', () => {
    const headings = sections.map((section) => section.slice(0, section.indexOf('\n')));
    expect(headings).toEqual(Object.keys(ERROR_CODES));
  });

  it('are explained with causes and remedies', () => {
    for (const section of sections) {
      expect(section).toContain('\nUsual causes: ');
      expect(section).toContain('\nWhat to do: ');
    }
  });
});

describe('GatewayError', () => {
  it('carries its code, whether a retry helps, and its cause', () => {
    const cause = new Error('why');
    const error = new GatewayError('REDIS_UNAVAILABLE', 'Redis is away.', { cause });
    expect(error).toMatchObject({ name: 'GatewayError', code: 'REDIS_UNAVAILABLE', retryable: true, cause });
    expect(error.message).toBe('Redis is away.');
    expect(new GatewayError('INVALID_USER', 'No.').retryable).toBe(false);
    expect('cause' in new GatewayError('INVALID_USER', 'No.')).toBe(false);
  });

  it('shows what a log needs and no more', () => {
    expect(Object.keys(new GatewayError('INVALID_USER', 'No.')).sort()).toEqual([
      'code',
      'name',
      'retryable',
    ]);
  });
});

describe('isGatewayError', () => {
  it('knows errors of another copy of the package, which instanceof does not', async () => {
    // A query makes it another module.
    const path = '../../../src/contract/gateway-error?copy=2';
    const other = (await import(path)) as {
      GatewayError: typeof GatewayError;
      isGatewayError: typeof isGatewayError;
    };
    const theirs = new other.GatewayError('INVALID_ROOM', 'theirs');
    const ours = new GatewayError('INVALID_ROOM', 'ours');
    expect(theirs).not.toBeInstanceOf(GatewayError);
    for (const isOne of [isGatewayError, other.isGatewayError]) {
      for (const error of [ours, theirs]) {
        expect(isOne(error)).toBe(true);
        expect(isOne(error, 'INVALID_ROOM')).toBe(true);
        expect(isOne(error, 'INVALID_USER')).toBe(false);
      }
    }
  });

  it.each([
    undefined,
    null,
    'INVALID_ROOM',
    new Error('no'),
    { code: 'INVALID_ROOM', name: 'GatewayError', retryable: false },
    { [Symbol.for('nestjs-socket-gateway:GatewayError')]: true },
    { code: 'INVALID_ROOM', [Symbol.for('nestjs-socket-gateway:GatewayError')]: false },
  ])('does not take %p for one', (value) => {
    expect(isGatewayError(value)).toBe(false);
    expect(isGatewayError(value, 'INVALID_ROOM')).toBe(false);
  });

  it('does not throw, whatever it is given', () => {
    expect(isGatewayError(hostileProxy())).toBe(false);
    expect(isGatewayError(revokedProxy(), 'INVALID_ROOM')).toBe(false);
  });
});
