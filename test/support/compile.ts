import { dirname, join } from 'node:path';
import ts from 'typescript';
import { inProject } from '../../scripts/lib/project.mjs';

/** What a project is compiled with unless a test says otherwise. */
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
};

/** Lies in no folder of the project, but the package's own name is known there as it is to a user. */
const FOLDER = inProject('test/types/virtual');

/** Parsed once for all compilations of a test file: most of them are Nest's. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** One complaint of the compiler. */
export interface Complaint {
  /** The file's name, or its path in the project when it is none of the given files. */
  file: string;
  line: number;
  code: number;
  message: string;
}

/** A project that was compiled. */
export interface Compilation {
  complaints: Complaint[];
  /** Every file that the compiler read. */
  files: string[];
}

/** How long {@link readDeclarations} may take on a busy machine. */
export const READ_TIMEOUT_MS = 120_000;

/** Parses the declarations that most projects of a test file need, so that no single test has to wait for it. */
export function readDeclarations(): void {
  const entries = ['', '/contract', '/worker', '/jobs', '/client', '/testing'];
  compile({ 'all.ts': entries.map((entry) => `import 'nestjs-socket-gateway${entry}';`).join('\n') });
}

/**
 * Compiles a project of these files against the built package, as tsc would.
 *
 * @param sources name -> TypeScript; they may import each other as `./name.js`
 * @param options that differ from a strict nodenext project
 */
export function compile(sources: Record<string, string>, options: ts.CompilerOptions = {}): Compilation {
  const all = { ...OPTIONS, ...options };
  const virtual = new Map(Object.entries(sources).map(([name, text]) => [join(FOLDER, name), text]));
  const host = ts.createCompilerHost(all);
  host.fileExists = (file) => virtual.has(file) || ts.sys.fileExists(file);
  host.readFile = (file) => virtual.get(file) ?? ts.sys.readFile(file);
  host.directoryExists = (folder) => folder === FOLDER || ts.sys.directoryExists(folder);
  host.getSourceFile = (file, languageVersion) => {
    const text = virtual.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, languageVersion, true);
    // A file is parsed differently as a module of the one kind or the other.
    const format = typeof languageVersion === 'object' ? (languageVersion.impliedNodeFormat ?? '') : '';
    const key = `${file} ${format}`;
    if (!parsed.has(key)) {
      const content = ts.sys.readFile(file);
      parsed.set(
        key,
        content === undefined ? undefined : ts.createSourceFile(file, content, languageVersion),
      );
    }
    return parsed.get(key);
  };
  const program = ts.createProgram([...virtual.keys()], all, host);
  return {
    complaints: complaintsAbout(program).map(describe),
    files: program.getSourceFiles().map(({ fileName }) => fileName),
  };
}

/** Of what we write and publish; the declarations of others are theirs to check, and take most of the time. */
function complaintsAbout(program: ts.Program): readonly ts.Diagnostic[] {
  const ours = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'));
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
}

function describe({ file, start, code, messageText }: ts.Diagnostic): Complaint {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (!file) return { file: '', line: 0, code, message };
  const folder = dirname(file.fileName) === FOLDER ? FOLDER : inProject();
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
  return { file: file.fileName.slice(folder.length + 1), line: line + 1, code, message };
}
