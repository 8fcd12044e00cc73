import type { RefusalCode } from '../../contract/index.js';
import type { ClientConnection } from './client-connection.js';
import type { LimitReport } from './limit-report.js';
import type { AddedConnection } from './user-connections.js';

/** How many namespaces a client may be authenticated for at once. */
const MAX_AUTHENTICATING = 10;

/** Why a client may not be in a namespace: what it is told, and the reason for the log. */
export interface Refused {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

/** Whether a user may have one more connection. */
export type Admission = { readonly ok: true } | Refused;

/** Counts why a user may not have a connection, and puts it into words. */
export function notAdmitted(
  added: Extract<AddedConnection, { refused: string }>,
  report: LimitReport,
): Refused {
  if (added.refused === 'connections') {
    report.refused('connections');
    return { ok: false, code: 'TOO_MANY_CONNECTIONS', reason: 'its user has as many as one may have' };
  }
  const isFlood = added.refused === 'flood';
  report.refused(isFlood ? 'flood-pause' : 'handshakes-per-user');
  const reason = isFlood ? 'its user has flooded the server' : 'its user connects too often';
  return { ok: false, code: 'RATE_LIMITED', reason, retryAfterMs: added.retryAfterMs };
}

/** Counts that a client may be in no more namespaces, and puts it into words. */
export function tooManyNamespaces(report: LimitReport): Refused {
  report.refused('namespaces');
  return { ok: false, code: 'TOO_MANY_NAMESPACES', reason: 'it is in as many as a connection may be in' };
}

/** Why nobody is to be asked any more who a client is; undefined: somebody may be. */
export function askedTooOften(client: ClientConnection, report: LimitReport): Refused | undefined {
  if (client.authenticatingCount >= MAX_AUTHENTICATING) {
    report.refused('handshake');
    return { ok: false, code: 'AUTH_UNAVAILABLE', reason: 'it asks for too many at once' };
  }
  const now = performance.now();
  const { address, users, wasRefused } = client;
  // The first of a connection is asked about, whoever else tries from its address.
  const byAddress = address && wasRefused ? address.refusals.waitMs(now) : 0;
  const waitMs = Math.max(byAddress, ...users.map(({ handshakes }) => handshakes.waitMs(now)));
  if (waitMs === 0) return undefined;
  report.refused(byAddress === waitMs ? 'handshakes-per-address' : 'handshakes-per-user');
  return { ok: false, code: 'RATE_LIMITED', reason: 'it tries too often', retryAfterMs: Math.ceil(waitMs) };
}
