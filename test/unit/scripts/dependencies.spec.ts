import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOfDependencies } from '../../../scripts/lib/dependencies.mjs';

describe('the state of the dependencies', () => {
  const installed = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } };
  const locked = {
    '': { name: 'project' },
    ...installed,
    'node_modules/a-of-another-system': { version: '1.0.0', integrity: 'sha512-d', optional: true },
  };
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-test-'));
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const install = (packages: object): void => {
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  };

  it('is missing in a fresh clone', () => {
    expect(stateOfDependencies(root)).toBe('missing');
  });

  it('is installed when all that this system needs is there, whoever installed it', () => {
    install(installed);
    expect(stateOfDependencies(root)).toBe('installed');
  });

  it('is stale after an installation that was interrupted', () => {
    mkdirSync(join(root, 'node_modules'));
    expect(stateOfDependencies(root)).toBe('stale');
  });

  it.each([
    ['another version', { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } }],
    ['another content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
    ['a package too few', {}],
    ['a package too many', { ...installed, 'node_modules/b': { version: '1.0.0' } }],
  ])('is stale with %s', (_what, packages) => {
    install(packages);
    expect(stateOfDependencies(root)).toBe('stale');
  });
});
