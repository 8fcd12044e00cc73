declare module 'notepack.io' {
  const notepack: { decode(bytes: Buffer): unknown; encode(value: unknown): Buffer };
  export default notepack;
}
