import { isTraceparent } from './traceparent.js';

const SPACE = 0x20;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** Of ` ,"<traceparent>"`. */
const LENGTH = 59;

/**
 * What an event's data is with the traceparent that it carries: one more element of the array, set off by a space in front of
 * its comma. `JSON.stringify` writes no such space, so no payload looks like one, not even one that is a traceparent:
 *
 *     "import:done",{"rows":3} ,"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
 *     "payload-is-one","00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
 *
 * Whoever takes it off again looks at four characters, and parses nothing.
 */
export function carry(data: string, traceparent: string | undefined): string {
  return isTraceparent(traceparent) ? `${data} ,"${traceparent}"` : data;
}

/** Data as it would be without what it carries; the same where it carries nothing. */
export function withoutCarried(data: string): string {
  return carries(data) ? data.slice(0, -LENGTH) : data;
}

/** The traceparent that data carries. Undefined when there is none, or when what is in its place is none. */
export function traceparentIn(data: string): string | undefined {
  if (!carries(data)) return undefined;
  const carried = data.slice(3 - LENGTH, -1);
  return isTraceparent(carried) ? carried : undefined;
}

function carries(data: string): boolean {
  const end = data.length - 1;
  if (data.charCodeAt(end) !== QUOTE) return false;
  const start = end - LENGTH + 1;
  return (
    data.charCodeAt(start) === SPACE &&
    data.charCodeAt(start + 1) === COMMA &&
    data.charCodeAt(start + 2) === QUOTE &&
    // A name that ends so, and a short text as the payload, look like it up to here: "name ,","text"
    !/["\\]/.test(data.slice(start + 3, end))
  );
}
