import { Command } from 'ioredis';
import { isCluster, type RedisClient } from './redis-client.js';

/** What ioredis keeps to itself of a command. */
interface CommandParts {
  readonly _clearTimers?: (this: object) => void;
}

const { _clearTimers: clearTimers } = Command.prototype as unknown as CommandParts;

/**
 * A command whose arguments and answer are texts. What ioredis makes for each of its own commands, for arguments of any kind
 * and transformers, is a fifth of what an emit takes before it is written, and more with many arguments; whatever else a
 * command can do is inherited from theirs.
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

  /** Most commands are ASCII alone: one question tells that of all their arguments, where one for each cost more than to write them. */
  toWritable(): string {
    const text = this.#written((arg) => arg.length);
    return Buffer.byteLength(text) === text.length ? text : this.#written((arg) => Buffer.byteLength(arg));
  }

  #written(bytesOf: (arg: string) => number): string {
    const { name, args } = this;
    const lines = [`*${args.length + 1}`, `$${name.length}`, name];
    for (const arg of args) lines.push(`$${bytesOf(arg)}`, arg);
    lines.push('');
    return lines.join('\r\n');
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
 * @param name in ASCII
 * @param args texts only; so is the answer
 */
export function textCommand(name: string, args: readonly string[]): Command {
  return new TextCommand(name, args) as unknown as Command;
}

/**
 * Sends a command whose arguments and answer are texts.
 *
 * @throws (rejects) what Redis answers, and when the connection is lost
 */
export function callText(client: RedisClient, name: string, args: readonly string[]): Promise<string> {
  const sent = isCluster(client) ? client.call(name, ...args) : client.sendCommand(textCommand(name, args));
  return sent as Promise<string>;
}
