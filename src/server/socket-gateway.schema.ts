import * as v from 'valibot';
import { gatewayOptionsEntries } from '../config/index.js';
import type { JwtAlgorithm, SocketGatewayOptions } from './socket-gateway.options.js';

const ALGORITHMS = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'] as const),
] satisfies readonly JwtAlgorithm[];

const key = v.custom<string | Buffer>(
  (value) => (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0,
  'must be a string or Buffer that is not empty',
);

const jwt = v.pipe(
  v.strictObject({
    secret: v.optional(key),
    publicKey: v.optional(key),
    algorithms: v.pipe(
      v.array(v.picklist(ALGORITHMS, `must be one of ${ALGORITHMS.join(', ')}`)),
      v.nonEmpty('must name at least one algorithm'),
    ),
    requireExpiry: v.optional(v.boolean()),
  }),
  v.check(
    ({ secret, publicKey }) => (secret === undefined) !== (publicKey === undefined),
    "needs a key: either 'secret' (HS algorithms) or 'publicKey' (RS, PS and ES algorithms)",
  ),
  // A public key that is accepted as the secret of an HS algorithm lets everybody sign tokens.
  v.check(
    ({ secret, algorithms }) => algorithms.every((name) => name.startsWith('HS') === (secret !== undefined)),
    "mixes keys and algorithms: a 'secret' goes with HS algorithms only, a 'publicKey' with RS, PS and ES only",
  ),
);

const isFunction = (value: unknown): boolean => typeof value === 'function';

const isTransport = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['createAdapter', 'deliver', 'close'].every((method) =>
    isFunction((value as Record<string, unknown>)[method]),
  );

/** What `SocketGatewayModule` accepts. */
export const socketGatewaySchema = v.strictObject({
  ...gatewayOptionsEntries,
  auth: v.optional(
    v.strictObject({
      jwt,
      userId: v.optional(v.custom<() => unknown>(isFunction, 'must be a function of the claims')),
    }),
  ),
  cors: v.optional(v.any()),
  path: v.optional(v.pipe(v.string(), v.startsWith('/', "must start with '/'"))),
  transports: v.optional(
    v.pipe(
      v.array(v.picklist(['polling', 'websocket'], "must be 'polling' or 'websocket'")),
      v.nonEmpty('must name at least one'),
    ),
  ),
  transport: v.optional(
    v.union(
      [v.picklist(['pubsub', 'local']), v.custom<object>(isTransport)],
      "must be 'pubsub', 'local' or an object with createAdapter, deliver and close",
    ),
  ),
}) as v.GenericSchema<unknown, SocketGatewayOptions>;
