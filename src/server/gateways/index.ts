export { decoratedOptions } from './decorated-options.js';
export { PatternNamespaces } from './pattern-namespaces.js';
export { surviveHooks } from './survive-hooks.js';
