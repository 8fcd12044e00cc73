import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeBlocks, type CodeBlock } from '../../support/docs/code-blocks.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('The code in the documentation', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-docs-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('compiles against the library', async () => {
    const blocks = codeBlocks(join(root, 'docs'), 'ts');
    expect(blocks.map(({ page }) => page)).toContain('guide');

    const files = blocks.map((block) => ({ block, file: fileOf(block) }));
    for (const { block, file } of files) write(join(folder, file), asModule(block.code));
    writeConfig(folder);

    const problems = (await compile(folder)).map((line) => withPlace(line, files));
    expect(problems).toEqual([]);
  }, 120_000);
});

/** Named blocks keep their names, by which others of the page import them. */
function fileOf({ page, line, name }: CodeBlock): string {
  return `${page}/${name ?? `line-${line}.ts`}`;
}

/** A block without imports is a part of a file, and has a scope of its own nevertheless. */
function asModule(code: string): string {
  return /^(import|export) /m.test(code) ? code : `${code}\nexport {};`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx' });
}

function writeConfig(folder: string): void {
  const source = (entry: string): string[] => [join(root, `src/${entry}/index.ts`)];
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      rootDir: '/',
      noUnusedLocals: false,
      typeRoots: [join(root, 'node_modules/@types')],
      lib: ['es2023', 'dom'],
      paths: {
        'nestjs-socket-gateway': source('server'),
        'nestjs-socket-gateway/*': [join(root, 'src/*/index.ts')],
      },
    },
    include: ['**/*.ts', join(root, 'test/support/docs/given.d.ts')],
    exclude: ['node_modules'],
  };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** The compiler's complaints, one line each. */
function compile(folder: string): Promise<string[]> {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      if (error && stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(stdout.split('\n').filter((line) => line !== ''));
    });
  });
}

/** Says where in which page the code is that a complaint is about. */
function withPlace(complaint: string, files: readonly { block: CodeBlock; file: string }[]): string {
  const at = /^(.+?)\((\d+),\d+\)/.exec(complaint);
  const found = files.find(({ file }) => file === at?.[1]);
  return found
    ? `docs/${found.block.page}.md:${found.block.line + Number(at?.[2]) - 1} ${complaint}`
    : complaint;
}
