/**
 * Counts numbered events of one kind as they come, from the first that came on: how many, and whether one is missing or came
 * again.
 */
export class BeatCounter {
  received = 0;
  repeated = 0;
  /** That came after a later one. */
  swapped = 0;
  /** @type {string | undefined} */
  #run;
  #first = 0;
  #last = 0;
  /** @type {Set<number>} */
  #missing = new Set();

  /** @param {{ run: string, number: number }} beat of another run than before: everything is counted anew */
  take({ run, number }) {
    if (run !== this.#run) this.#begin(run, number);
    if (number > this.#last) {
      for (let skipped = this.#last + 1; skipped < number; skipped++) this.#missing.add(skipped);
      this.#last = number;
      this.received++;
    } else if (this.#missing.delete(number)) {
      this.received++;
      this.swapped++;
    } else {
      this.repeated++;
    }
  }

  /** Of those that came before a later one that is here. */
  get missing() {
    return this.#missing.size;
  }

  /**
   * How many have been sent that this counter should get.
   *
   * @param {{ run: string, sent: number }} sender how many its process says that it has sent in all
   */
  sent({ run, sent }) {
    if (run !== this.#run) return this.received + this.missing;
    return Math.max(sent, this.#last) - this.#first + 1;
  }

  /** How many are on their way: sent, and not here, and none that was sent later either. */
  underway(sender) {
    return this.sent(sender) - this.received - this.missing;
  }

  #begin(run, number) {
    Object.assign(this, { received: 0, repeated: 0, swapped: 0 });
    this.#run = run;
    this.#first = number;
    this.#last = number - 1;
    this.#missing.clear();
  }
}
