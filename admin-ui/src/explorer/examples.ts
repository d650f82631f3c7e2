import type { Words } from '../pages/declaration.ts';

/** A query to begin with. The names of its variables tie it to the controls of the page (see `controlled`). */
export type Example = {
  /** In the address of the page. */
  id: string;
  title: Words;
  /** Who asks: a touchpoint by its API token, or the member of staff who is signed in. */
  as: 'touchpoint' | 'staff';
  query: string;
  variables: Record<string, unknown>;
};

/** The variables that the controls of the page set, where a query declares them. */
export const controlled = { customer: 'customer', channel: 'channel', asOf: 'asOf' } as const;

export const defaultHeaders = `{
  "authorization": "Bearer \${token}",
  "x-tessera-limits": "1"
}`;

export const examples: Example[] = [
  {
    id: 'home-shelf',
    title: { zh: '首页货架', en: 'Home shelf' },
    as: 'touchpoint',
    query: `# 一位客户在接触点能看到什么
# What one customer may see on a touchpoint
query HomeShelf(
  $customer: ID!
  $channel: Channel!
  $first: Int!
) {
  browseProducts(
    customerNo: $customer
    channel: $channel
    first: $first
  ) {
    totalCount
    edges {
      cursor
      node {
        product {
          code
          name { zh en }
          riskRating { level }
        }
        price {
          ... on Quote {
            amountMinor
            currency
            billing
            trace { rowId why }
          }
          ... on NoPrice { reason }
        }
        suitability {
          outcome
          recommendable
          reasons { dimension outcome text }
          duties { code text }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { customer: '', channel: 'APP', first: 20 },
  },
];
