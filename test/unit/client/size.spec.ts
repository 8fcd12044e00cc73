import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { transformSync } from '@swc/core';
import { inProject } from '../../../scripts/lib/project.mjs';

/** What a page may have to load for it, beside socket.io-client. */
const MAX_BYTES = 6 * 1024;

describe('what a browser loads', () => {
  // A bundler renames across files as well, and so needs less.
  it('is less than 6 KB, each file minified by itself, joined and compressed', () => {
    const files = readdirSync(inProject('src/client')).map((file) => inProject('src/client', file));
    const code = files.map((file) => joined(minify(readFileSync(file, 'utf8')))).join('\n');
    expect(code).toContain('gateway:ready');
    expect(code).toContain('gateway:job-state');
    const { length } = gzipSync(code, { level: 9 });
    expect(length).toBeLessThan(MAX_BYTES);
  });
});

/** Without the imports and exports between files, which a bundler leaves out. */
function joined(code: string): string {
  return code
    .replace(/^(import[^;]*"\.[^"]*";)+/, '')
    .replace(/export\{[^}]*\}from"[^"]*";?/g, '')
    .replace(/\bexport (?=class|function|const|let|async)/g, '');
}

function minify(source: string): string {
  return transformSync(source, {
    jsc: {
      parser: { syntax: 'typescript' },
      target: 'es2022',
      minify: { compress: true, mangle: true },
    },
    module: { type: 'es6' },
    minify: true,
  }).code;
}
