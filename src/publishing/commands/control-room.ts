/**
 * The durable room in which commands travel, one in each namespace, which every server follows: a command that a server
 * misses in a blip would leave a user connected who was to be disconnected. No user's room has this name, for it begins
 * with a control character.
 */
export const CONTROL_ROOM = '\u0001control';
