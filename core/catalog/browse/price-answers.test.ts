import { describe, expect, it } from '@jest/globals';
import { Dice, generatedProduct } from '../../../test/support/generated-catalog.ts';
import { standingOf } from '../snapshot/standing.ts';
import { PriceAnswers } from './price-answers.ts';

const AROUND = new Date('2026-03-02T01:00:00Z');
const everyone = { kind: 'everyone' } as const;
const seen = { at: AROUND, knownSeq: 9 };

function standingWith(...scopes: readonly { readonly kind: string; readonly ref?: string }[]) {
  const rows = generatedProduct(new Dice(1), 0, 1, { around: AROUND, settled: true });
  const [row] = rows.prices;
  const prices = scopes.map((scope, index) => ({
    ...row!,
    id: `row-${index}`,
    scope,
    currency: 'CNY' as const,
    billing: 'ONCE' as const,
    amountMinor: 1000 - index,
  }));
  return standingOf({ ...rows, prices }, undefined, seen);
}

describe('prices for lists', () => {
  const question = { channel: 'APP', quantity: 1 } as const;
  const alike = (id: string) => ({ id, tier: 'gold', clubs: [] });
  const rowOf = (answers: PriceAnswers, standing: ReturnType<typeof standingWith>, id: string) => {
    const answer = answers.asker(alike(id), question, seen.at, seen.knownSeq).ask(standing);
    return answer.__typename === 'PriceQuote' ? answer.rowId : answer.reason;
  };

  it('a price for a named client is for nobody else of the same tier, whoever asks first', () => {
    for (const order of [
      ['a', 'b', 'a'],
      ['b', 'a', 'b'],
    ]) {
      const answers = new PriceAnswers();
      const standing = standingWith(everyone, { kind: 'client', ref: 'a' });
      for (const id of order)
        expect([id, rowOf(answers, standing, id)]).toEqual([id, id === 'a' ? 'row-1' : 'row-0']);
    }
  });

  it('the trace names no row of another named client', () => {
    const asker = new PriceAnswers().asker(alike('b'), question, seen.at, seen.knownSeq);
    expect(JSON.stringify(asker.ask(standingWith(everyone, { kind: 'client', ref: 'a' })))).not.toContain(
      'row-1',
    );
  });

  it('fewer than one is no question', () => {
    for (const quantity of [0, -1])
      expect(() =>
        new PriceAnswers()
          .asker(alike('a'), { channel: 'APP', quantity }, seen.at, seen.knownSeq)
          .ask(standingWith(everyone)),
      ).toThrow(expect.objectContaining({ code: 'QUANTITY_INVALID' }));
  });

  it('clients alike share one answer, and a group that was forgotten gives its number to no other', () => {
    const answers = new PriceAnswers();
    const standing = standingWith(everyone, { kind: 'tier', ref: 'gold' });
    const ask = (tier: string) =>
      answers.asker({ id: tier, tier, clubs: [] }, question, seen.at, seen.knownSeq);
    expect(ask('gold').ask(standing)).toBe(ask('gold').ask(standing));
    const groups = new Set(Array.from({ length: 40_000 }, (_, index) => ask(`tier-${index}`).group));
    expect(groups.size).toBe(40_000);
  });
});
