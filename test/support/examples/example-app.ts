import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { startGuarded, type GuardedProcess } from '../../../scripts/lib/guarded-process.mjs';
import { waitFor } from '../wait-for.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Nest is slow to load while other tests have the machine. */
const START_DEADLINE_MS = 30_000;

/** An application of `examples/`, compiled into a folder of its own in which the packages are installed. */
export class ExampleApp {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-example-'));
  readonly #processes: GuardedProcess[] = [];

  /**
   * @param path below `examples`
   * @param later files that are taken from another folder than this one
   */
  constructor(path: string, later: { path: string; files: readonly string[] } = { path, files: [] }) {
    const folderOf = (file: string): string => (later.files.includes(file) ? later.path : path);
    for (const file of readdirSync(join(root, 'examples', path, 'src'))) {
      const source = join(root, 'examples', folderOf(file), 'src', file);
      writeFileSync(join(this.#folder, file.replace(/\.ts$/, '.js')), compile(source));
    }
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module" }');
    install(this.#folder);
  }

  /** Starts a process and resolves when it has written `line`; with what the line's group matched. */
  async start(file: string, line: RegExp, env: Record<string, string>): Promise<string> {
    const started = await startGuarded(process.execPath, {
      args: [join(this.#folder, file)],
      cwd: this.#folder,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      output: 'collect',
    });
    this.#processes.push(started);
    await waitFor(
      `${file} to say ${String(line)}`,
      () => {
        if (!started.isRunning()) throw new Error(`${file} has ended:\n${started.output()}`);
        return line.test(started.output());
      },
      START_DEADLINE_MS,
    );
    return line.exec(started.output())?.[1] ?? '';
  }

  /** What its processes wrote last. */
  get output(): string {
    return this.#processes.map((one) => one.output()).join('\n');
  }

  /** Ends its processes and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.end()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function compile(file: string): string {
  const json = ts.readConfigFile(join(file, '../../tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { compilerOptions } = json.config as { compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root);
  // `nodenext` asks the file's package.json which of the two it is, and a file by itself has none.
  const esModule = { ...options, module: ts.ModuleKind.ES2022 };
  return ts.transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions: esModule })
    .outputText;
}

/** As `npm install` would have done, with links: ours is the project itself, whose entries are in `dist`. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  symlinkSync(root, join(modules, 'nestjs-socket-gateway'));
}
