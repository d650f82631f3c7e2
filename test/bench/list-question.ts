import { clientNo } from '../../core/sample/clients.ts';

/** Clients over which a measured run cycles. */
export const LIST_CLIENTS = 5000;

/** What a touchpoint shows of each product in a list: price and suitability for this client, with the reasons. */
export const LIST_QUERY = `query List($customerNo: String, $filter: BrowseFilter) {
  browseProducts(customerNo: $customerNo, channel: APP, first: 20, filter: $filter) {
    edges {
      node {
        product { code name { zh } riskRating { level } }
        price { ... on PriceQuote { amountMinor currency billing } ... on NoPrice { reason } }
        suitability { outcome recommendable reasons { code text { zh } } duties { code } }
      }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}`;

/** The facets that clients ask for in turn. */
export const LIST_FILTERS = [
  {},
  { categories: ['funds'] },
  { categories: ['bond-funds'] },
  { riskLevels: ['R1', 'R2'] },
  { riskLevels: ['R3'] },
  { brands: ['lucid'] },
  { kinds: ['fund'] },
  { attributes: [{ attribute: 'company', values: ['松石基金'] }] },
  { attributes: [{ attribute: 'fundType', values: ['BOND'] }] },
  { categories: ['stock-funds'], riskLevels: ['R4'] },
] as const;

export function listVariables(client: number) {
  return { customerNo: clientNo(client), filter: LIST_FILTERS[client % LIST_FILTERS.length]! };
}

/**
 * The first 20 of a facet for one client as a touchpoint asks for it.
 * @param byApollo with `extensions`, which the short way leaves to Apollo, so that one app can be asked both ways
 */
export function listBody(client: number, byApollo = false): string {
  const extensions = byApollo ? { extensions: {} } : {};
  return JSON.stringify({ query: LIST_QUERY, variables: listVariables(client), ...extensions });
}
