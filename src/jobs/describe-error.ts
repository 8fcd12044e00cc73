import type { JobError } from '../contract/index.js';

const MAX_MESSAGE_LENGTH = 300;
const MAX_STACK_LENGTH = 4000;

/** User and password in a URL. */
const CREDENTIALS = /(\w:\/\/)[^\s/@]*@/g;

/**
 * What clients are told of an error: the first line of its message, without credentials that stand in a URL, and its `code`
 * or else its name. Never throws, whatever it is given.
 */
export function describeError(error: unknown, includeStack: boolean): JobError {
  try {
    const { message, code, name, stack } = Object(error) as Partial<
      Record<'message' | 'code' | 'name' | 'stack', unknown>
    >;
    const text = typeof error === 'string' ? error : typeof message === 'string' ? message : '';
    return {
      message: clean(text) || 'The job has failed.',
      code:
        [code, name].find((one): one is string => typeof one === 'string' && /^[\w.-]{1,64}$/.test(one)) ??
        'ERROR',
      ...(includeStack && typeof stack === 'string' && { stack: stack.slice(0, MAX_STACK_LENGTH) }),
    };
  } catch {
    return { message: 'The job has failed.', code: 'ERROR' };
  }
}

function clean(message: string): string {
  const [line = ''] = message.trim().split(/[\r\n]/, 1);
  return line.replace(CREDENTIALS, '$1***@').slice(0, MAX_MESSAGE_LENGTH).trimEnd();
}
