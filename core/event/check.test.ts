import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventCheck } from './check.ts';

const check = eventCheck([
  {
    name: 'fund.closed',
    version: 1,
    description: 'It closed.',
    shape: z.strictObject({ code: z.string(), seq: z.int() }),
  },
]);
const publish = (name: string, payload: Record<string, unknown>) => () => check({ name, key: 'k', payload });

describe('an event', () => {
  test('of the declared shape passes', () => {
    expect(publish('fund.closed', { code: '1', seq: 2 })).not.toThrow();
  });

  test.each([
    ['that lacks a fact', { code: '1' }, /seq/],
    ['with a fact of another type', { code: 1, seq: 2 }, /code/],
    ['with more than was declared', { code: '1', seq: 2, phone: '138' }, /phone/],
  ])('%s is refused, naming the place', (_title, payload, place) => {
    expect(publish('fund.closed', payload)).toThrow(place);
  });

  test('that nobody declares is refused by name', () => {
    expect(publish('fund.opened', {})).toThrow(/fund\.opened/);
  });
});
