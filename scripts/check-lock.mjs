// Every optional dependency that the lock file names must have an entry of its own: without one, `npm ci` stops
// with EUSAGE on the systems that need it. It happens when a package's platform siblings are published late.
import { readFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const missing = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name)) missing.push(`${name}, wanted by ${path || 'the project'}`);
  }
}

/** Looks `name` up as Node does: in the package's own node_modules, then in each folder above it. */
function isLocked(from, name) {
  for (let folder = from; ; folder = parentOf(folder)) {
    const candidate = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (candidate in lock.packages) return true;
    if (folder === '') return false;
  }
}

function parentOf(path) {
  const cut = path.lastIndexOf('/node_modules/');
  return cut === -1 ? '' : path.slice(0, cut);
}

if (missing.length > 0) {
  console.error(
    `package-lock.json lacks entries for optional dependencies; pin an older version:\n  ${missing.join('\n  ')}`,
  );
  process.exit(1);
}
