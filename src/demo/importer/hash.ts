/** Hoisted: looked up for every character otherwise, which costs a lot where the global object is a proxy. */
const imul = Math.imul;

/**
 * Hashes a text's UTF-16 units to a whole number from 0 to 2^53 - 1.
 *
 * @see https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js (public domain)
 */
export function hashText(text: string): number {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    h1 = imul(h1 ^ unit, 2654435761);
    h2 = imul(h2 ^ unit, 1597334677);
  }
  h1 = imul(h1 ^ (h1 >>> 16), 2246822507) ^ imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = imul(h2 ^ (h2 >>> 16), 2246822507) ^ imul(h1 ^ (h1 >>> 13), 3266489909);
  return (h2 & 0x1fffff) * 0x1_0000_0000 + (h1 >>> 0);
}
