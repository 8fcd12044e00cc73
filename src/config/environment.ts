/** The environment variables that the library reads when an option is left out. */
export const ENVIRONMENT = {
  /** The Redis that joins the processes: `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  redisUrl: 'REDIS_URL',
  /** The Socket.IO namespace of the gateway. */
  namespace: 'SOCKET_NAMESPACE',
  /** What every channel and key of the library in Redis starts with. */
  prefix: 'SOCKET_REDIS_CHANNEL',
  /** What the tokens of jobs' rooms are signed with. */
  jobSecret: 'SOCKET_JOB_SECRET',
} as const;

/** As `process.env`. Read when a module's providers are made, never at import: a `.env` file may be loaded late. */
export type Environment = Readonly<Record<string, string | undefined>>;
