import { CauseLog, nestLogger } from '../../logging/index.js';
import { cutOff, type EngineConnection } from '../limits/index.js';

/** A listener that fails, fails for each connection of a room. */
const causes = new CauseLog(nestLogger('SocketGateway', 'text'));

/**
 * Ends a connection that could not be written to, because a listener of the application's on it has thrown, or a transport of its own:
 * nobody knows what its client has got. The client comes back with its positions, and is sent what it has not; the others are sent
 * theirs at once. Never throws.
 */
export function cutFailed(connection: EngineConnection, cause: unknown): void {
  causes.error('connection-write', `A connection could not be written to, and is closed: ${told(cause)}`);
  try {
    cutOff(connection, 'transport error');
  } catch (error) {
    // Listeners to its end are the application's too.
    causes.error('connection-end', `A listener to the end of a connection failed: ${told(error)}`);
  }
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'what was thrown is no error';
}
