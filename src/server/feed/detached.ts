/** From this length on, V8 makes a part of a text a reference into the whole. */
const SHORTEST_REFERENCE = 13;

/**
 * The same text in memory of its own. Whoever keeps a part of a message, such as its token, otherwise keeps all of it:
 * the 64 recent tokens of a room would be 64 messages of any size.
 */
export function detached(text: string): string {
  // Parsing makes a new text of any text; through UTF-8, halves of surrogate pairs would be lost.
  return text.length < SHORTEST_REFERENCE ? text : (JSON.parse(JSON.stringify(text)) as string);
}
