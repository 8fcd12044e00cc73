/** The injection token of the resolved options. */
export const SERVER_OPTIONS = Symbol.for('nestjs-socket-gateway:SERVER_OPTIONS');

/**
 * The namespace that `SocketGateway` is decorated with. Decorators are evaluated before options are known, so
 * `RedisIoAdapter` puts the resolved namespace in its place.
 */
export const PLACEHOLDER_NAMESPACE = '/nestjs-socket-gateway:resolved-later';
