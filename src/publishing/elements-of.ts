/** More are not taken for a list that somebody meant, and memory would run out over what they become. */
const MAX_LENGTH = 1_000_000;

/** The elements by index, holes included; nothing when it is no array, or throws when it is read. */
export function elementsOf(list: unknown): unknown[] | undefined {
  try {
    if (!Array.isArray(list) || list.length > MAX_LENGTH) return undefined;
    return Array.from({ length: list.length }, (_, index): unknown => list[index]);
  } catch {
    return undefined;
  }
}
