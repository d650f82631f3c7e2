import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { docsOf, firstTypes, searchDocs } from './docs.ts';

const schema = buildSchema(`
  "Where reading begins."
  type Query { "One product." product(code: ID!): Product, products: [Product!]! }
  type Product { "Never changes." code: ID!, old: String @deprecated(reason: "Use code."), price: PriceResult! }
  type Quote { amountMinor: Int! }
  type NoPrice { "Why there is no price." reason: String! }
  "A price or the reason for none."
  union PriceResult = Quote | NoPrice
  enum Channel { APP WEB }
`);

describe('docs of the interface', () => {
  test('a field tells its type, what to open, its arguments and its description', () => {
    expect(docsOf(schema, 'Query')?.rows[0]).toEqual({
      name: 'product',
      type: 'Product',
      opens: 'Product',
      description: 'One product.',
      args: [{ name: 'code', type: 'ID!', opens: 'ID', description: '' }],
    });
    expect(docsOf(schema, 'Query')?.rows[1]).toMatchObject({ type: '[Product!]!', opens: 'Product' });
  });

  test('a deprecated field says what to use instead', () => {
    expect(docsOf(schema, 'Product')?.rows[1]?.deprecated).toBe('Use code.');
  });

  test('a union lists its members, an enum its values, a scalar nothing', () => {
    expect(docsOf(schema, 'PriceResult')).toMatchObject({
      kind: 'possible',
      rows: [{ name: 'Quote' }, { name: 'NoPrice' }],
    });
    expect(docsOf(schema, 'Channel')?.rows.map(({ name }) => name)).toEqual(['APP', 'WEB']);
    expect(docsOf(schema, 'String')).toMatchObject({ kind: 'scalar', rows: [] });
    expect(docsOf(schema, 'Nothing')).toBeNull();
  });

  test('the docs open at the type that has price and suitability, below the root', () => {
    expect(firstTypes(schema, new Set(['code', 'price']))).toEqual(['Query', 'Product']);
    expect(firstTypes(schema, new Set(['nowhere']))).toEqual(['Query']);
  });

  test('the search finds names before descriptions and says how many it leaves out', () => {
    const { hits, more } = searchDocs(schema, 'price', 2);
    expect(hits).toEqual([
      { type: 'PriceResult', description: 'A price or the reason for none.' },
      { type: 'Product', field: 'price', description: '' },
    ]);
    expect(more).toBeGreaterThan(0);
    expect(searchDocs(schema, ' ', 2)).toEqual({ hits: [], more: 0 });
  });
});
