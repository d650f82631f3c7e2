import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conditionCount, filterOf, readAddress, SIZES, toggled, writeAddress } from './address.ts';
import type { ListAddress, ListShape } from './address.ts';

const shape: ListShape = {
  fields: ['kinds', 'brands'],
  sort: 'CHANGED',
  descending: true,
  sorts: ['CHANGED', 'CODE'],
};
const plain = readAddress(new URLSearchParams(), shape);

const addressArb: fc.Arbitrary<ListAddress> = fc
  .record({
    text: fc.string({ maxLength: 12 }),
    values: fc.dictionary(
      fc.constantFrom('kinds', 'brands'),
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    ),
    sort: fc.constantFrom('CHANGED', 'CODE'),
    descending: fc.boolean(),
    size: fc.constantFrom(...SIZES),
    after: fc.option(fc.string({ minLength: 1, maxLength: 8 }), { nil: undefined }),
  })
  .map(({ after, values, ...rest }) => ({
    ...rest,
    values: { ...values },
    ...(after === undefined ? {} : { after }),
  }));

describe('the address of a list', () => {
  test('brings back exactly the list that wrote it', () => {
    fc.assert(
      fc.property(addressArb, (address) => {
        const link = writeAddress(address, shape).toString();
        expect(readAddress(new URLSearchParams(link), shape)).toEqual(address);
      }),
    );
  });

  test('is empty for the plain list', () => {
    expect(writeAddress(plain, shape).toString()).toBe('');
  });

  test('that somebody mistyped shows the plain order and size', () => {
    const typed = readAddress(new URLSearchParams('sort=PRICE&size=1000000&other=1'), shape);
    expect(typed).toEqual(plain);
  });

  test('goes back to the first page when a condition changes, and a condition without values is gone', () => {
    const there = toggled({ ...plain, after: 'x' }, 'kinds', 'digest');
    expect(there).toMatchObject({ values: { kinds: ['digest'] } });
    expect(there.after).toBeUndefined();
    const back = toggled(there, 'kinds', 'digest');
    expect([back.values, conditionCount(back), filterOf(back)]).toEqual([{}, 0, undefined]);
  });
});
