import fc from 'fast-check';

function refuse(): never {
  throw new Error('hostile');
}

/** A proxy that throws whatever is done with it. */
export function hostileProxy(): object {
  const handler = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  return new Proxy({}, handler);
}

export function revokedProxy(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An object whose every property of one of these names throws when it is read. */
function throwingGetters(target: object): object {
  for (const name of [
    'toJSON',
    'then',
    'delivery',
    'except',
    'code',
    'message',
    'name',
    'length',
    'toString',
  ]) {
    if (Object.getOwnPropertyDescriptor(target, name)?.configurable === false) continue;
    Object.defineProperty(target, name, { get: refuse, enumerable: true });
  }
  return target;
}

/** A proxy that claims to have everything, and gives a symbol for it: no text can be made of that. */
function boaster(): object {
  return new Proxy({}, { has: () => true, get: () => Symbol('boast') });
}

/** Makes a value. fast-check looks into what it generates, which hostile values do not survive. */
export type Maker = () => unknown;

/** Values that try to throw from wherever they are touched. */
export const hostile: fc.Arbitrary<Maker> = fc.constantFrom<Maker>(
  hostileProxy,
  boaster,
  () => revokedProxy(),
  () => revokedProxy([]),
  () => new Proxy([1, 2], { get: refuse }),
  () => throwingGetters({}),
  () => throwingGetters([]),
  () => throwingGetters(new Error('hostile')),
  () => ({ toJSON: refuse }),
  () => ({ toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse }),
  () => ({ then: refuse }),
  () => ({ except: revokedProxy([]) }),
  () => ({ except: [hostileProxy()] }),
  () => ({ delivery: hostileProxy() }),
  () => Object.assign([], { constructor: { [Symbol.species]: refuse } }),
  () => Object.assign(['a'], { map: refuse, [Symbol.iterator]: refuse }),
  () => Object.create(null) as unknown,
  () => Symbol('hostile'),
);

/** Everything that fast-check knows, and what it does not. */
export const anything: fc.Arbitrary<Maker> = fc.oneof(
  { weight: 5, arbitrary: everyKind().map((value) => () => value) },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.array(hostile).map((makers) => () => makers.map((make) => make())) },
  { weight: 1, arbitrary: fc.tuple(fc.string(), hostile).map(([key, make]) => () => ({ [key]: make() })) },
);

/** Values of every kind of the language that behave. */
export function everyKind(): fc.Arbitrary<unknown> {
  return fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
}
