/** Leaves the newest `keep` entries of a map whose order is that of their age. */
export function forgetOldest(map: Map<string, unknown>, keep: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= keep) return;
    map.delete(oldest);
  }
}
