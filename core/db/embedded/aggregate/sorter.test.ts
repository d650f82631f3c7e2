import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { encodeValue } from '../keys/index.ts';
import { Sorter } from './sorter.ts';

const sorted = async (keys: number[], wanted: number): Promise<{ positions: number[]; pauses: number }> => {
  const sorter = new Sorter<number>('sort', wanted);
  keys.forEach((key, position) => sorter.add(encodeValue(key), position, 8));
  let pauses = 0;
  const positions = await sorter.sorted(async () => {
    pauses++;
  });
  return { positions, pauses };
};

const stable = (keys: number[]): number[] =>
  keys.map((_, position) => position).sort((a, b) => keys[a]! - keys[b]! || a - b);

describe('a sorter', () => {
  test('gives the first ones wanted, equal keys as they came', async () => {
    const many = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3000, size: 'max' });
    const wanted = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(11_000, Infinity));
    await fc.assert(
      fc.asyncProperty(many, wanted, async (keys, count) => {
        expect((await sorted(keys, count)).positions).toEqual(stable(keys).slice(0, count));
      }),
      { numRuns: 60 },
    );
  });

  test('merges no more than 1,024 rows between two chances for others', async () => {
    const keys = Array.from({ length: 40 * 1024 }, (_, n) => (n * 7919) % 40_961);
    const { positions, pauses } = await sorted(keys, Infinity);
    expect(positions).toEqual(stable(keys));
    // 41 runs of 1,024 are merged in 6 rounds, each over all rows that have a partner.
    expect(pauses).toBeGreaterThanOrEqual(6 * 39);
  });

  test('refuses more than 100 MB', () => {
    const sorter = new Sorter<number>('sort by a', Infinity);
    const add = (): void => sorter.add(encodeValue(1), 1, 60 * 1024 * 1024);
    add();
    expect(add).toThrow(
      expect.objectContaining({ code: 292, message: expect.stringContaining('sort by a') }),
    );
  });
});
