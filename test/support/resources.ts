interface Stoppable {
  stop(): unknown;
}

/** What a test has started: stopped in the reverse order, whatever became of the test. */
export class Resources {
  readonly #started: Stoppable[] = [];

  add<Resource extends Stoppable>(resource: Resource): Resource {
    this.#started.push(resource);
    return resource;
  }

  /** Stops all of them, also when stopping one fails; then it rejects with the first failure. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const resource of this.#started.splice(0).reverse()) {
      try {
        await resource.stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
