import type { ResolvedGatewayOptions } from '../config/index.js';
import type { RedisConnection } from '../redis/index.js';
import { MemoryReceiptRegister, RedisReceiptRegister, type ReceiptRegister } from '../receipts/index.js';

/** The register of receipts in the Redis of a connection, which stays the caller's; in memory without one. */
export function createReceiptRegister(
  connection: RedisConnection | undefined,
  { prefix, namespace, maxFallbacks, log }: ResolvedGatewayOptions,
): ReceiptRegister {
  const limits = { maxFallbacks, keepMs: log.ttlMs };
  if (!connection) return new MemoryReceiptRegister(limits);
  return new RedisReceiptRegister({ connection, scope: { prefix, namespace }, limits });
}
