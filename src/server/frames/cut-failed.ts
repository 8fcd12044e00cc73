import { Logger } from '@nestjs/common';
import { cutOff, type EngineConnection } from '../limits/index.js';

const logger = new Logger('SocketGateway');

/**
 * Ends a connection that could not be written to, because a listener of the application's on it has thrown, or a transport of its own:
 * nobody knows what its client has got. The client comes back with its positions, and is sent what it has not; the others are sent
 * theirs at once.
 */
export function cutFailed(connection: EngineConnection, error: unknown): void {
  logger.error(
    'A connection could not be written to, and is closed',
    error instanceof Error ? error.stack : error,
  );
  cutOff(connection, 'transport error');
}
