import * as v from 'valibot';
import { gatewayOptionsEntries, wholeNumber } from '../../config/index.js';
import { normaliseRoom } from '../../names/index.js';
import { limitsSchema } from '../limits/index.js';
import type { JwtAlgorithm, JwtKeyProvider, SocketGatewayOptions } from './socket-gateway.options.js';

const ALGORITHMS = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'] as const),
] satisfies readonly JwtAlgorithm[];

const key = v.custom<string | Buffer>(
  (value) => (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0,
  'must be a string or Buffer that is not empty',
);

const isFunction = (value: unknown): boolean => typeof value === 'function';

const name = v.pipe(v.string(), v.nonEmpty('must not be empty'));

const names = v.union(
  [name, v.pipe(v.array(name), v.nonEmpty('must name at least one'))],
  'must be a string or strings',
);

const jwt = v.pipe(
  v.strictObject({
    secret: v.optional(key),
    publicKey: v.optional(key),
    keyProvider: v.optional(v.custom<JwtKeyProvider>(isFunction, 'must be a function of the header')),
    algorithms: v.pipe(
      v.array(v.picklist(ALGORITHMS, `must be one of ${ALGORITHMS.join(', ')}`)),
      v.nonEmpty('must name at least one algorithm'),
    ),
    issuer: v.optional(names),
    audience: v.optional(names),
    clockToleranceMs: v.optional(v.pipe(v.number(), v.minValue(0, 'must not be negative'))),
    requireExpiry: v.optional(v.boolean()),
  }),
  v.check(
    ({ secret, publicKey, keyProvider }) =>
      [secret, publicKey, keyProvider].filter((given) => given !== undefined).length === 1,
    "needs exactly one of 'secret' (HS algorithms), 'publicKey' (RS, PS and ES algorithms) and 'keyProvider'",
  ),
  // A public key that is accepted as the secret of an HS algorithm would let everybody sign tokens.
  v.check(
    ({ keyProvider, secret, algorithms }) =>
      keyProvider !== undefined || algorithms.every((one) => one.startsWith('HS') === (secret !== undefined)),
    "mixes keys and algorithms: a 'secret' goes with HS algorithms only, a 'publicKey' with RS, PS and ES only",
  ),
);

const room = v.pipe(
  v.string(),
  v.check(isRoom, 'must be a name of 1 to 256 bytes without control characters'),
);

const auth = v.strictObject({
  jwt: v.optional(jwt),
  userId: v.optional(v.custom<() => unknown>(isFunction, 'must be a function of the claims')),
  cookie: v.optional(name),
  publicNamespaces: v.optional(
    v.array(v.union([name, v.instance(RegExp)], 'must be the name of a namespace or a RegExp')),
  ),
  defaultRooms: v.optional(v.array(room)),
  isRevoked: v.optional(v.custom<() => boolean>(isFunction, 'must be a function of the user')),
  isRevokedTimeoutMs: v.optional(wholeNumber(10, 60_000)),
  expiryNoticeMs: v.optional(wholeNumber(0, 3_600_000)),
});

function isRoom(value: string): boolean {
  try {
    normaliseRoom(value);
    return true;
  } catch {
    return false;
  }
}

const isTransport = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['createAdapter', 'deliver', 'close'].every((method) =>
    isFunction((value as Record<string, unknown>)[method]),
  );

/** What `SocketGatewayModule` accepts. */
export const socketGatewaySchema = v.pipe(
  v.strictObject({
    ...gatewayOptionsEntries,
    auth: v.optional(auth),
    cors: v.optional(v.any()),
    path: v.optional(v.pipe(v.string(), v.startsWith('/', "must start with '/'"))),
    transports: v.optional(
      v.pipe(
        v.array(v.picklist(['polling', 'websocket'], "must be 'polling' or 'websocket'")),
        v.nonEmpty('must name at least one'),
      ),
    ),
    jobs: v.optional(v.strictObject({ secret: v.optional(v.any()) })),
    maxReplay: v.optional(
      v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(1, 'must be at least 1'),
        v.maxValue(200_000, 'must be at most 200000'),
      ),
    ),
    drainMs: v.optional(wholeNumber(0, 600_000)),
    limits: v.optional(limitsSchema),
    durableWhileAway: v.optional(v.picklist(['queue', 'live'], "must be 'queue' or 'live'")),
    transport: v.optional(
      v.union(
        [v.picklist(['pubsub', 'local']), v.custom<object>(isTransport)],
        "must be 'pubsub', 'local' or an object with createAdapter, deliver and close",
      ),
    ),
  }),
  v.check(
    ({ auth, cors }) => auth?.cookie === undefined || !allowsEveryOrigin(cors),
    "auth.cookie and cors.origin '*' together would let every page act for the user who visits it; name the origins",
  ),
) as unknown as v.GenericSchema<unknown, SocketGatewayOptions>;

function allowsEveryOrigin(cors: unknown): boolean {
  const origin = (cors as { origin?: unknown } | undefined)?.origin;
  return [origin].flat().some((one) => one === '*' || one === true);
}
