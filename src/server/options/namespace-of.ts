/**
 * Whether the namespace `name` is one that `pattern` stands for.
 *
 * @param pattern a name, with or without its slash, or a RegExp
 */
export function isNamespaceOf(pattern: string | RegExp, name: string): boolean {
  if (typeof pattern === 'string') return pattern === name || `/${pattern}` === name;
  // Unlike `test`, it remembers nothing from one call to the next.
  return name.search(pattern) !== -1;
}
