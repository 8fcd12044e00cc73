import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { transformSync, type Options } from '@swc/core';
import { inProject } from '../../../scripts/lib/project.mjs';

/** What a page may have to load for it, beside socket.io-client. */
const MAX_BYTES = 6 * 1024;

describe('what a browser loads', () => {
  it('is less than 6 KB, bundled, minified and compressed', () => {
    const files = readdirSync(inProject('src/client')).map((file) => inProject('src/client', file));
    const modules = files.map((file) => inOneScope(plain(readFileSync(file, 'utf8'))));
    const code = minified(`${modules.join('\n')}\nexport { connectGateway, GatewayClientError };`);
    expect(code).toContain('gateway:ready');
    expect(code).toContain('gateway:job-state');
    expect(code).not.toContain('"./');
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(MAX_BYTES);
  });
});

function transform(source: string, options: Options): string {
  return transformSync(source, { module: { type: 'es6' }, ...options }).code;
}

function plain(source: string): string {
  return transform(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
}

/** As a bundler does: without what files import from and export to each other. */
function inOneScope(code: string): string {
  return code
    .replace(/import\s[^;]*?from\s*['"]\.[^;]*;/g, '')
    .replace(/export\s*\{[^}]*\}\s*(from\s*['"][^'"]*['"])?;/g, '')
    .replace(/\bexport (?=class|function|const|let|async)/g, '');
}

/** What two files call by one name makes it fail. */
function minified(code: string): string {
  const minify = { compress: { toplevel: true, unused: true }, mangle: { toplevel: true } };
  return transform(code, { jsc: { target: 'es2022', minify }, minify: true });
}
