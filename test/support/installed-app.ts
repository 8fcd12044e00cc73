import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../../scripts/lib/project.mjs';
import { runCommand, succeed, type Ran } from './run-command.js';

/** An application of its own, outside the project, with the packed library installed. */
export interface InstalledApp {
  dir: string;
  /** Runs a script of the fixtures there, and resolves with the JSON that is its last line. */
  run<Output>(script: string, args?: string[], env?: Record<string, string>): Promise<Output>;
  /** Runs any command there. */
  command(command: string, args: string[], env?: Record<string, string>): Promise<Ran>;
  stop(): Promise<void>;
}

/** Installs take as long as the registry does. */
export const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Makes an application with npm, as a user would.
 *
 * @param tarball the packed library
 * @param packages name -> version, installed beside it
 * @param fixtures the folders whose files it consists of
 */
export async function installApp(
  tarball: string,
  packages: Readonly<Record<string, string>>,
  ...fixtures: string[]
): Promise<InstalledApp> {
  const dir = await mkdtemp(join(tmpdir(), 'nestjs-socket-gateway-app-'));
  const manifest = { name: 'app', version: '1.0.0', private: true, dependencies: packages };
  await writeFile(join(dir, 'package.json'), JSON.stringify(manifest));
  await npmInstall(dir, [tarball]);
  for (const folder of fixtures) await cp(folder, dir, { recursive: true });
  return appIn(dir);
}

/** An application that is there already. */
function appIn(dir: string): InstalledApp {
  return {
    dir,
    run: async <Output>(script: string, args: string[] = [], env: Record<string, string> = {}) =>
      JSON.parse(lastLine(await succeed(process.execPath, [script, ...args], { cwd: dir, env }))) as Output,
    command: (command, args, env = {}) => runCommand(command, args, { cwd: dir, env }),
    stop: () => rm(dir, { recursive: true, force: true }),
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** Installs what package.json names, and these packages. */
export async function npmInstall(
  dir: string,
  packages: readonly string[],
  options: string[] = [],
): Promise<void> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await succeed('npm', ['install', ...quiet, ...options, ...packages], { cwd: dir });
}

/** The versions that the project itself is developed with, of these packages. */
export async function ownVersions(names: readonly string[]): Promise<Record<string, string>> {
  const { devDependencies } = JSON.parse(await readFile(inProject('package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return Object.fromEntries(
    names.map((name) => {
      const version = devDependencies[name];
      if (version === undefined) throw new Error(`${name} is not among the devDependencies.`);
      return [name, version];
    }),
  );
}
