/** The events of tests: any name, any payload, whatever events the applications in this repository declare. */
export type AnyEvents = Record<string, unknown>;
