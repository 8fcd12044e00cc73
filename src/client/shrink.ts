/** Takes the oldest away until there are no more than `max`. */
export function shrink(
  all: { size: number; keys(): Iterable<string>; delete(key: string): boolean },
  max: number,
): void {
  for (const oldest of all.keys()) {
    if (all.size <= max) return;
    all.delete(oldest);
  }
}
