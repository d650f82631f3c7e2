import { TOKEN } from '../support/list-app.ts';

/** Clients over which a measured run cycles. */
export const LIST_CLIENTS = 5000;

const QUERY = `query List($customerNo: String, $filter: BrowseFilter) {
  browseProducts(customerNo: $customerNo, channel: APP, first: 20, filter: $filter) {
    edges {
      node {
        product { code name { zh } riskRating { level } }
        price { ... on PriceQuote { amountMinor currency billing free } ... on NoPrice { reason } }
        suitability { outcome recommendable reasons { dimension outcome text { zh } } evidenceIds }
        purchasable
      }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}`;

const FILTERS = [
  {},
  { categories: ['funds'] },
  { categories: ['bond-funds'] },
  { riskLevels: ['R1', 'R2'] },
  { riskLevels: ['R3'] },
  { brands: ['lucid'] },
  { kinds: ['fund'] },
  { attributes: [{ attribute: 'company', values: ['松石基金'] }] },
  { attributes: [{ attribute: 'type', values: ['bond'] }] },
  { categories: ['stock-funds'], riskLevels: ['R4'] },
];

/** The first 20 of a facet for one client, as a touchpoint asks for it. */
export function listBody(client: number): { headers: Record<string, string>; body: string } {
  const variables = {
    customerNo: `8${String(client).padStart(7, '0')}`,
    filter: FILTERS[client % FILTERS.length],
  };
  return {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ query: QUERY, variables }),
  };
}
