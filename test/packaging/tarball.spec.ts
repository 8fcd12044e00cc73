import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { binary, packPackage, type PackedPackage } from '../support/packed-package.js';
import { runCommand } from '../support/run-command.js';

/**
 * Every package that the published types of an entry may import, by itself or by what it imports: they become part
 * of what a user must install and of what we must not break.
 */
const TYPES_MAY_IMPORT: Record<string, string[]> = {
  '.': [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-socket.io',
    'ioredis',
    'socket.io',
    'socket.io-adapter',
    'valibot',
  ],
  './contract': [],
  './worker': ['@nestjs/common', '@nestjs/core', 'ioredis', 'valibot'],
  './jobs': [],
  './client': ['socket.io-client'],
  './testing': [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-socket.io',
    'ioredis',
    'socket.io',
    'socket.io-adapter',
    'socket.io-client',
    'valibot',
  ],
};

/** Packages that the code of an entry may import when it is loaded. */
const CODE_MAY_IMPORT: Record<string, string[]> = {
  '.': [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/jwt',
    '@nestjs/platform-socket.io',
    '@nestjs/websockets',
    '@socket.io/redis-adapter',
    '@socket.io/redis-emitter',
    'cookie',
    'ioredis',
    'node',
    'socket.io',
    'socket.io-adapter',
    'valibot',
  ],
  './contract': [],
  './worker': ['@nestjs/common', '@nestjs/core', '@socket.io/redis-emitter', 'ioredis', 'node', 'valibot'],
  './jobs': ['@nestjs/common', 'node', 'valibot'],
  './client': ['socket.io-client'],
};

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

let packed: PackedPackage;
let manifest: Manifest;

beforeAll(async () => {
  packed = await packPackage();
  manifest = JSON.parse(readFileSync(join(packed.dir, 'package.json'), 'utf8')) as Manifest;
}, 120_000);

afterAll(() => packed.stop());

describe('the tarball', () => {
  it('has nothing but the built library, its licence and what describes it', () => {
    const others = packed.files.filter((file) => !/^dist\/[^/]+\/.+\.(js|js\.map|d\.ts|lua)$/.test(file));
    expect(others.filter((file) => !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(file))).toEqual(
      [],
    );
    expect(others).toContain('LICENSE');
  });

  it('has neither the demo nor tests', () => {
    expect(
      packed.files.filter((file) => /(^|\/)(demo|test|bench|fixtures)\/|\.(spec|test)\./.test(file)),
    ).toEqual([]);
  });

  it('has source maps that need no file from outside', () => {
    const maps = packed.files.filter((file) => file.endsWith('.map'));
    const lacking = maps.filter((file) => {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(packed.dir, file), 'utf8')) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      const isInside = (source: string): boolean =>
        packed.files.includes(resolve('/', dirname(file), source).slice(1));
      return !sources.every(
        (source, index) => isInside(source) || typeof sourcesContent?.[index] === 'string',
      );
    });
    expect(lacking).toEqual([]);
  });

  it('has the files that its entries name', () => {
    const named = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? entry : Object.values(entry),
    );
    expect(named.filter((file) => !existsSync(join(packed.dir, file)))).toEqual([]);
  });

  it('names the types of each entry before its code', () => {
    const entries = Object.values(manifest.exports).filter((entry) => typeof entry !== 'string');
    expect(entries.map((entry) => Object.keys(entry))).toEqual(entries.map(() => ['types', 'default']));
  });
});

describe('the linters of packages', () => {
  it('publint finds nothing', async () => {
    const { code, stdout, stderr } = await runCommand(binary('publint'), ['run', packed.file, '--strict'], {
      cwd: packed.dir,
    });
    expect(stdout + stderr).toContain('All good!');
    expect(code).toBe(0);
  });

  // The profile leaves out two resolutions. `node10` does not know the field `exports`, and no Node that we support
  // resolves like that. `node16` from CommonJS only warns that a `require` meets an ES module: Node >= 20.19, which
  // package.json asks for, can do that; installed-package.spec.ts shows it for every entry.
  it('attw finds nothing in ES modules', async () => {
    const { code, stdout } = await runCommand(
      binary('attw'),
      [packed.file, '--profile', 'esm-only', '--format', 'json'],
      { cwd: packed.dir },
    );
    const { problems = {} } = JSON.parse(stdout) as {
      problems?: Record<string, { resolutionKind?: string }[]>;
    };
    const left = Object.values(problems)
      .flat()
      .filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind ?? ''));
    expect(left).toEqual([]);
    expect(code).toBe(0);
  }, 60_000);
});

describe('what the package imports', () => {
  it.each(Object.entries(TYPES_MAY_IMPORT))(
    'the types of %s import only what is allowed',
    (entry, allowed) => {
      expect([...packagesOf(typesOf(entry))].sort()).toEqual(allowed);
    },
  );

  it.each(Object.entries(CODE_MAY_IMPORT))(
    'the code of %s imports only what is allowed',
    (entry, allowed) => {
      const file = typesOf(entry).replace(/\.d\.ts$/, '.js');
      expect([...packagesOf(file)].sort()).toEqual(allowed);
    },
  );

  it.each(['types', 'code'])('every package that its %s import is a dependency or a peer', (kind) => {
    const declared = { node: '', ...manifest.dependencies, ...manifest.peerDependencies };
    const imported = Object.keys(TYPES_MAY_IMPORT).flatMap((entry) => {
      const types = typesOf(entry);
      return [...packagesOf(kind === 'types' ? types : types.replace(/\.d\.ts$/, '.js'))];
    });
    expect(imported.filter((name) => !(name in declared))).toEqual([]);
  });
});

function typesOf(entry: string): string {
  const files = manifest.exports[entry];
  if (typeof files !== 'object') throw new Error(`${entry} has no types.`);
  return join(packed.dir, files.types);
}

/** The packages that a file imports, itself and through the files of ours that it imports. Node's own count as one. */
function packagesOf(file: string, seen = new Set<string>(), found = new Set<string>()): Set<string> {
  if (seen.has(file)) return found;
  seen.add(file);
  for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
    if (specifier.startsWith('.')) {
      const target = resolve(dirname(file), specifier);
      packagesOf(file.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target, seen, found);
    } else found.add(packageOf(specifier));
  }
  return found;
}

function importsOf(code: string): string[] {
  const withoutComments = code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const imports = withoutComments.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g);
  return [...imports].map(([, specifier]) => specifier as string);
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
