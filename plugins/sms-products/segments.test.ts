import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { segmentsOf } from './segments.ts';

const counted = (text: string) => {
  const { encoding, units, parts } = segmentsOf(text);
  return [encoding, units, parts.length];
};

describe('a message is billed by its parts', () => {
  test.each([
    ['nothing', '', ['GSM_7', 0, 0]],
    ['160 of GSM-7 are one part', 'a'.repeat(160), ['GSM_7', 160, 1]],
    ['161 of GSM-7 are two', 'a'.repeat(161), ['GSM_7', 161, 2]],
    ['306 of GSM-7 are two', 'a'.repeat(306), ['GSM_7', 306, 2]],
    ['307 of GSM-7 are three', 'a'.repeat(307), ['GSM_7', 307, 3]],
    ['an extended character is two septets', '€'.repeat(80), ['GSM_7', 160, 1]],
    ['81 extended characters are two parts', '€'.repeat(81), ['GSM_7', 162, 2]],
    ['70 of UCS-2 are one part', '息'.repeat(70), ['UCS_2', 70, 1]],
    ['71 of UCS-2 are two', '息'.repeat(71), ['UCS_2', 71, 2]],
    ['134 of UCS-2 are two', '息'.repeat(134), ['UCS_2', 134, 2]],
    ['135 of UCS-2 are three', '息'.repeat(135), ['UCS_2', 135, 3]],
    ['one Chinese character makes all of it UCS-2', `${'a'.repeat(70)}息`, ['UCS_2', 71, 2]],
    ['a surrogate pair is two', '📈'.repeat(35), ['UCS_2', 70, 1]],
    ['36 surrogate pairs are two parts', '📈'.repeat(36), ['UCS_2', 72, 2]],
    ['the signature counts', `【澄湖证券】${'息'.repeat(64)}`, ['UCS_2', 70, 1]],
    ['and may cost a part', `【澄湖证券】${'息'.repeat(65)}`, ['UCS_2', 71, 2]],
  ])('%s', (_, text, expected) => {
    expect(counted(text)).toEqual(expected);
  });

  test('a pair that would straddle a boundary goes into the next part whole', () => {
    const { parts } = segmentsOf(`${'息'.repeat(66)}📈${'息'.repeat(10)}`);
    expect(parts.map((part) => part.length)).toEqual([66, 12]);
    expect(parts[1]!.startsWith('📈')).toBe(true);
  });

  test('an escape is never parted from its character', () => {
    const { parts } = segmentsOf(`${'a'.repeat(152)}€${'a'.repeat(10)}`);
    expect(parts[0]).toBe('a'.repeat(152));
  });

  test('whatever the text, the parts are the text, each fits, and no character is torn', () => {
    const letters = fc.constantFrom('a', '€', '[', '息', '📈', '\n', '【', '】');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 400 }), (text) => {
        const { encoding, units, parts } = segmentsOf(text);
        expect(parts.join('')).toBe(text);
        const room = encoding === 'GSM_7' ? [160, 153] : [70, 67];
        const sizes = parts.map((part) =>
          encoding === 'GSM_7'
            ? [...part].reduce((sum, one) => sum + ('€['.includes(one) ? 2 : 1), 0)
            : part.length,
        );
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(units);
        for (const size of sizes) expect(size).toBeLessThanOrEqual(parts.length > 1 ? room[1]! : room[0]!);
        for (const part of parts) expect(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(part)).toBe(false);
        // Where one more character did not fit, the part before it is full but for that character.
        for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(room[1]! - 1);
      }),
    );
  });
});
