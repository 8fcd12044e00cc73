import { Command } from 'ioredis';

/** What ioredis keeps to itself of a command. */
interface CommandParts {
  readonly _clearTimers?: (this: object) => void;
}

const { _clearTimers: clearTimers } = Command.prototype as unknown as CommandParts;

/**
 * A command whose arguments and answer are texts. What ioredis makes for each of its own commands, for arguments of any kind
 * and transformers, is a fifth of what an emit takes before it is written; whatever else a command can do is inherited
 * from theirs.
 */
class TextCommand {
  readonly name: string;
  readonly args: readonly string[];
  readonly inTransaction = false;
  isTraced = false;
  isSettled = false;
  readonly promise: Promise<string>;
  // Tracers put theirs in the place of these.
  resolve!: (answer: unknown) => void;
  reject!: (error: Error) => void;

  constructor(name: string, args: readonly string[]) {
    this.name = name;
    this.args = args;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = (answer) => {
        this.#settle();
        resolve(Buffer.isBuffer(answer) ? answer.toString() : String(answer));
      };
      this.reject = (error) => {
        this.#settle();
        reject(error);
      };
    });
  }

  /** The protocol decides on the form of what is no text. */
  setReplyContext(): void {
    return;
  }

  #settle(): void {
    this.isSettled = true;
    // The client's options may limit the time of commands.
    clearTimers?.call(this);
  }
}

Object.setPrototypeOf(TextCommand.prototype, Command.prototype);

/**
 * Makes a command for the `sendCommand` of a client that is no cluster's.
 *
 * @param args texts only; so is the answer
 */
export function textCommand(name: string, args: readonly string[]): Command {
  return new TextCommand(name, args) as unknown as Command;
}
