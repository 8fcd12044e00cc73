import type { Namespace, Server, Socket } from 'socket.io';

/** For how long one is kept that somebody has been in: who reloads a page comes back to it. */
const LINGER_MS = 10_000;

type NamespaceName = Parameters<Server['of']>[0];

/** A namespace that stands for all whose names match its pattern. */
interface Parent {
  readonly children: Set<Namespace>;
}

/** Where Socket.IO keeps a namespace's sockets, those too that it has not decided about. */
interface Occupants {
  readonly sockets: ReadonlyMap<string, Socket>;
  readonly _preConnectSockets: ReadonlyMap<string, Socket>;
  _remove(socket: Socket): void;
}

/** Where it keeps the namespaces of a server. */
interface Families {
  readonly _nsps: Map<string, Namespace>;
  readonly parentNsps: ReadonlyMap<unknown, Parent>;
}

/**
 * Removes namespaces that a pattern has made and that nobody is in. Socket.IO makes one for whoever asks for it, before it is
 * known who that is, and keeps it for ever: anybody could fill the memory by names, and each message from Redis would be looked at
 * once for every one of them. Its own `cleanupEmptyChildNamespaces` loses who is on the way in when the last one leaves.
 */
export class PatternNamespaces {
  readonly #families: Families;
  readonly #lingerMs: number;
  readonly #of: Server['of'];
  /** The application has asked for them by their names, a gateway of its own maybe, and may keep them. */
  readonly #kept = new WeakSet<Namespace>();

  /**
   * From now on a namespace that `io.of(name)` makes, one of a pattern too, stays.
   *
   * @param lingerMs for how long one is kept that somebody has been in
   */
  constructor(io: Server, lingerMs = LINGER_MS) {
    const families = io as unknown as Families;
    this.#families = families;
    this.#lingerMs = lingerMs;
    io.on('new_namespace', (namespace) => {
      const parent = [...families.parentNsps.values()].find(({ children }) => children.has(namespace));
      if (parent) this.#watch(namespace, parent);
    });
    this.#of = io.of.bind(io);
    io.of = (name: NamespaceName, onConnect?: (socket: Socket) => void) => {
      // Socket.IO asks for those that clients come to, which are there by then.
      const isMade =
        typeof name === 'string' && !families._nsps.has(name.startsWith('/') ? name : `/${name}`);
      const namespace = isMade ? this.of(name) : this.#of(name);
      if (onConnect) namespace.on('connect', onConnect);
      return namespace;
    };
  }

  /** The namespace of a gateway. One with a name stays, though a pattern may match it. */
  of(name: NamespaceName): Namespace {
    const namespace = this.#of(name);
    if (typeof name === 'string') this.#kept.add(namespace);
    return namespace;
  }

  #watch(namespace: Namespace, { children }: Parent): void {
    const { _nsps } = this.#families;
    const occupants = namespace as unknown as Occupants;
    const { name } = namespace;
    const remove = occupants._remove.bind(namespace);
    let timer: NodeJS.Timeout | undefined;
    let hasBeenUsed = false;
    const removeIfEmpty = (): void => {
      if (!isEmpty(occupants) || this.#kept.has(namespace) || _nsps.get(name) !== namespace) return;
      _nsps.delete(name);
      children.delete(namespace);
      void close(namespace);
    };
    namespace.once('connection', () => (hasBeenUsed = true));
    occupants._remove = (socket) => {
      remove(socket);
      if (!isEmpty(occupants)) return;
      clearTimeout(timer);
      // Not in this tick: who asks for it is among those undecided about only some promises later.
      timer = setTimeout(removeIfEmpty, hasBeenUsed ? this.#lingerMs : 0).unref();
    };
  }
}

function isEmpty({ sockets, _preConnectSockets }: Occupants): boolean {
  return sockets.size === 0 && _preConnectSockets.size === 0;
}

/** Ends its subscriptions. The adapter may be the application's own, and nobody is left whom its failure would concern. */
async function close({ adapter }: Namespace): Promise<void> {
  try {
    await adapter.close();
  } catch {
    // Nothing is to be done about it.
  }
}
