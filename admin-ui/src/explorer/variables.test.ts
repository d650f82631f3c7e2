import { describe, expect, test } from '@jest/globals';
import { instantOf, readHeaders, readObject, shanghaiTimeOf, withVariables } from './variables.ts';

describe('variables', () => {
  test('a control sets its variable and leaves the others', () => {
    expect(withVariables('{ "first": 20, "customer": "1" }', { customer: '2' })).toBe(
      '{ "first": 20, "customer": "2" }',
    );
  });

  test('a text that already says so, or is being written, is not touched', () => {
    expect(withVariables('{"customer":"2"}', { customer: '2' })).toBe('{"customer":"2"}');
    expect(withVariables('{"customer":', { customer: '2' })).toBe('{"customer":');
  });

  test('only a JSON object is accepted, and an empty text is an empty one', () => {
    expect(readObject('  ')).toEqual({});
    for (const text of ['[]', '1', 'null', '{']) expect([text, readObject(text)]).toEqual([text, null]);
  });

  test('a header that is not a text is refused', () => {
    expect(readHeaders('{ "a": "b" }')).toEqual({ a: 'b' });
    expect(readHeaders('{ "a": 1 }')).toBeNull();
  });

  test('the time of the field is Shanghai time, both ways', () => {
    expect(instantOf('2026-11-23T14:05')).toBe('2026-11-23T06:05:00.000Z');
    expect(shanghaiTimeOf('2026-11-23T06:05:00.000Z')).toBe('2026-11-23T14:05');
    expect(instantOf('')).toBeNull();
    expect(shanghaiTimeOf(null)).toBe('');
  });
});
