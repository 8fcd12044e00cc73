/** How many bytes a text has as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair counts two: a pair is four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
  }
  return bytes;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** C0, DEL and C1, and lone surrogates: UTF-8 would turn every one of these into the same replacement character. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/** Whether a text has control characters or halves of surrogate pairs. */
export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}
