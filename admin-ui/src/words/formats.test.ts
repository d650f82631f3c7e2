import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { count, day, inputMoment, instantOf, minorOf, moment, money, shortMoment } from './formats.ts';

describe('amounts', () => {
  test('money has separators, two decimals and a real minus sign', () => {
    expect([money(123_450), money(5), money(-1_200), money(0)]).toEqual([
      '¥1,234.50',
      '¥0.05',
      '−¥12.00',
      '¥0.00',
    ]);
    expect([count(1_234_567), count(-12)]).toEqual(['1,234,567', '−12']);
  });

  test('an amount that is written can be read again', () => {
    fc.assert(fc.property(fc.nat(10_000_000_000), (minor) => expect(minorOf(money(minor))).toBe(minor)));
  });

  test('what is no amount is not guessed at', () => {
    expect(['', '1.234', '-1', '1e3', 'free', '¥'].map(minorOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect([minorOf('38'), minorOf(' 38.5 ')]).toEqual([3800, 3850]);
  });
});

describe('instants', () => {
  test('are shown in Shanghai time wherever the browser is', () => {
    expect(moment('2026-11-23T16:05:00.000Z')).toBe('2026-11-24 00:05');
    expect(day('2026-11-23T16:05:00.000Z')).toBe('2026-11-24');
  });

  test('are as short as they can be and still plain', () => {
    const now = new Date('2026-11-23T06:05:00.000Z');
    expect(shortMoment('2026-11-22T17:00:00.000Z', now)).toBe('01:00');
    expect(shortMoment('2026-10-09T01:30:00.000Z', now)).toBe('10-09 09:30');
    expect(shortMoment('2025-10-09T01:30:00.000Z', now)).toBe('2025-10-09');
  });

  test('go into an input and come out of it unchanged, to the minute', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        (date) => {
          const minute = new Date(Math.floor(date.getTime() / 60_000) * 60_000).toISOString();
          // Between 1986 and 1991 Shanghai had summer time; nothing of the house is that old.
          fc.pre(minute >= '1992');
          expect(instantOf(inputMoment(minute))).toBe(minute);
        },
      ),
    );
    expect(instantOf('tomorrow')).toBeNull();
  });
});
