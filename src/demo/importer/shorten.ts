/**
 * The first characters of a text, with an ellipsis where something was left out. The result is a copy: a slice
 * would keep the whole text, which may be a megabyte, in memory for as long as the slice lives.
 */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return Buffer.from(`${text.slice(0, maxLength - 1)}…`).toString();
}
