/** The emitter of a durable event and its number there: what stays the same when the event is sent again and gets another token. */
export function originOf(id = ''): string {
  return String(id.split('.')[1]);
}
