/**
 * Under this key every emitter of the library has the way by which the library's own parts emit events whose names start
 * with `gateway:`. Registered, so that two copies of the package understand each other.
 */
export const LIBRARY_EVENTS = Symbol.for('nestjs-socket-gateway:LIBRARY_EVENTS');
