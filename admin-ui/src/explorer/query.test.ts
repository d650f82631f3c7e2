import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { decisionLines, declaredVariables, operationAt, pageSizeOf, readQuery, tokensOf } from './query.ts';

const shelf = `query Shelf($customer: ID!, $first: Int! = 20, $asOf: DateTime) {
  browseProducts(customerNo: $customer, first: $first, asOf: $asOf) {
    edges {
      node {
        price {
          amountMinor
        }
        code
        suitability { outcome }
      }
    }
  }
}`;

function parsed(text: string) {
  const document = readQuery(text);
  const operation = document && operationAt(document, 0);
  if (!document || !operation) throw new Error('the query of this test must parse');
  return { document, operation };
}

describe('reading a query', () => {
  test('a query that does not parse is null, not an exception', () => {
    expect(readQuery('query {')).toBeNull();
  });

  test('a variable with a default value is not required', () => {
    expect(declaredVariables(parsed(shelf).operation)).toEqual([
      { name: 'customer', required: true },
      { name: 'first', required: false },
      { name: 'asOf', required: false },
    ]);
  });

  test('price and suitability are marked from their first line to their last', () => {
    expect(decisionLines(parsed(shelf).document)).toEqual([
      { from: 5, to: 7 },
      { from: 9, to: 9 },
    ]);
  });

  test('the page size is read from a number and from a variable, and the greatest counts', () => {
    const { operation } = parsed('query ($n: Int) { a(first: 5) { id } b(first: $n) { id } }');
    expect(pageSizeOf(operation, { n: 30 })).toBe(30);
    expect(pageSizeOf(operation, {})).toBe(5);
    expect(pageSizeOf(parsed('{ a { id } }').operation, {})).toBeNull();
  });

  test('tokens are counted as the parser counts them against its limit', () => {
    const text = '# not this\n{ a(first: 5) { id } } # nor this';
    const count = tokensOf(parsed(text).document);
    expect(parse(text, { maxTokens: count })).toBeDefined();
    expect(() => parse(text, { maxTokens: count - 1 })).toThrow(/Parsing aborted/);
  });

  test('of several operations the one around the cursor runs', () => {
    const text = 'query A { a } query B { b }';
    const document = readQuery(text);
    expect(document && operationAt(document, 20)?.name?.value).toBe('B');
    expect(document && operationAt(document, 2)?.name?.value).toBe('A');
  });
});
