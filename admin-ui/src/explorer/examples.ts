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
    title: { zh: '首页货架', en: 'Shelf' },
    as: 'touchpoint',
    query: `# 一位客户在接触点能看到什么
# What one customer sees on a touchpoint
query HomeShelf(
  $customer: String
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
          ... on PriceQuote {
            amountMinor
            currency
            billing
            trace { rowId won why }
          }
          ... on NoPrice { reason }
        }
        suitability {
          outcome
          recommendable
          reasons { dimension outcome text { zh } }
          duties { code due text { zh } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { customer: '', channel: 'APP', first: 20 },
  },
  {
    id: 'search',
    title: { zh: '搜索', en: 'Search' },
    as: 'touchpoint',
    query: `# 按文字与风险等级找，并数出还能怎样缩小
# By text and risk level, with counts to narrow further
query Search(
  $customer: String
  $channel: Channel!
  $first: Int!
  $filter: BrowseFilter
) {
  browseProducts(
    customerNo: $customer
    channel: $channel
    first: $first
    filter: $filter
    sort: RISK_LOW_FIRST
  ) {
    totalCount
    edges {
      node {
        product {
          code
          name { zh en }
          kind { name { zh } }
          riskRating { level expired }
        }
        suitability { outcome }
        purchasable
      }
    }
    facets {
      kinds { term { code } count }
      riskLevels { level count }
    }
  }
}
`,
    variables: {
      customer: '',
      channel: 'APP',
      first: 20,
      filter: { text: '', riskLevels: ['R1', 'R2', 'R3'] },
    },
  },
  {
    id: 'recommend',
    title: { zh: '可推荐', en: 'Recommend' },
    as: 'touchpoint',
    query: `# 只要可以向这位客户推荐的
# Only what may be recommended to this customer
query Recommend(
  $customer: String!
  $channel: Channel!
  $first: Int!
) {
  browseProducts(
    customerNo: $customer
    channel: $channel
    first: $first
    mode: RECOMMEND
    sort: NEWEST
  ) {
    totalCount
    edges {
      node {
        product {
          code
          name { zh en }
          brand { name { zh } }
          summary { zh }
        }
        price {
          ... on PriceQuote {
            amountMinor
            currency
            billing
            free
          }
          ... on NoPrice { reason }
        }
        suitability { outcome policyVersion }
      }
    }
  }
}
`,
    variables: { customer: '', channel: 'APP', first: 10 },
  },
  {
    id: 'customer',
    title: { zh: '客户', en: 'Customer' },
    as: 'staff',
    query: `# 判断所依据的客户资料；姓名与电话已遮盖
# What decisions about a customer rest on; name and phone are masked
query Customer($customer: String!) {
  customer(customerNo: $customer) {
    customerNo
    nameMasked
    tier
    clubs
    stage
    ageYears
    riskProfile {
      level
      lowestCategory
      validUntil
    }
    eligibility { code until }
    consents
  }
}
`,
    variables: { customer: '' },
  },
  {
    id: 'approvals',
    title: { zh: '审批', en: 'Approvals' },
    as: 'staff',
    query: `# 谁提出了什么，等谁复核
# Who proposed what, and where it stands
query Approvals($first: Int!) {
  approvals(first: $first) {
    totalCount
    edges {
      node {
        id
        type
        state
        mine
        reason
        maker { name at }
        decided { name at }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { first: 20 },
  },
];
