import { CONTROL_ROOM, isReadableData } from '../../../src/publishing/index.js';

describe('What is kept in a room', () => {
  it.each(['"news"', '"news",1', '"news",{"__proto__":{"a":"],["}}', '"news",\n[ 1 ]'])(
    'is read when it is an event: %s',
    (data) => {
      expect(isReadableData('red', data)).toBe(true);
    },
  );

  it.each([
    '',
    'null',
    '1',
    '{}',
    '{"type":"join"}',
    '"news',
    '"news",',
    '"news",1,2',
    '"news",1],[2',
    '"news",1]//',
    '"connect",1',
    '"disconnect"',
    '["news",1]',
    ' "news",1',
    '"\u0000"',
  ])('is not read, for clients would break over it, when it is %j', (data) => {
    expect(isReadableData('red', data)).toBe(false);
  });

  it('is an object in the control room', () => {
    expect(isReadableData(CONTROL_ROOM, '{"from":"a","type":"join"}')).toBe(true);
    for (const data of ['"news",1', '{', '[]', 'null', '']) {
      expect(isReadableData(CONTROL_ROOM, data)).toBe(false);
    }
  });
});
