// The second half of `npm run build`.
import { removeOrphans } from './lib/orphans.mjs';
import { projectRoot } from './lib/project.mjs';

removeOrphans(projectRoot);
