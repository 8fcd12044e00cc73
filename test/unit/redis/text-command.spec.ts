import fc from 'fast-check';
import { Command } from 'ioredis';
import { textCommand } from '../../../src/redis/text-command.js';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'é', '\r\n$1\r\n', '\u{1F600}'),
);

it('a command of texts is written as ioredis writes it', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 50 }), (args) => {
      const socket = {} as never;
      expect(textCommand('evalsha', args).toWritable(socket)).toBe(
        new Command('evalsha', args).toWritable(socket),
      );
    }),
  );
});
