import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { transformSync } from '@swc/core';
import { inProject } from '../../../scripts/lib/project.mjs';

/** What a page may have to load for it, beside socket.io-client. */
const MAX_BYTES = 6 * 1024;

describe('what a browser loads', () => {
  // A bundler renames across files and leaves out the imports between them, and so needs less.
  it('is less than 6 KB, each file minified by itself and all compressed together', () => {
    const files = readdirSync(inProject('src/client')).map((file) => inProject('src/client', file));
    const code = files.map((file) => minify(readFileSync(file, 'utf8'))).join('\n');
    expect(code).toContain('gateway:ready');
    const { length } = gzipSync(code, { level: 9 });
    expect(length).toBeLessThan(MAX_BYTES);
  });
});

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
