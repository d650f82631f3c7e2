import type { Named } from '../words/named.ts';
import type { Channel, PriceFact, RiskLevel } from '../words/products.tsx';

const FACTS = `id customerNo nameMasked phoneMasked branch { zh en } tier core clubs stage ageYears
  riskProfile { level lowestCategory assessedAt validUntil }`;

export const CUSTOMERS = `query Customers($search: String, $first: Int, $after: String) {
  customers(search: $search, first: $first, after: $after) {
    edges { node { ${FACTS} } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const SCHEME = `query Scheme { customerScheme { tiers { code name { zh en } } clubs { code name { zh en } } } }`;

export const CUSTOMER = `query Customer($no: String!) {
  customer(customerNo: $no) {
    ${FACTS}
    region
    professional { until }
    eligibility { code until }
    permissions
    preferences { term investmentKinds returnGoal }
    personalisation
    consents
  }
}`;

export const REVEAL = `mutation Reveal($no: String!, $reason: String!) {
  revealCustomer(customerNo: $no, reason: $reason) {
    ... on RevealedCustomer { name phone birthDate }
    ... on Refusal { code message { zh en } }
  }
}`;

export const TRIES = `query Tries($no: String!, $channel: Channel!, $filter: BrowseFilter) {
  browseProducts(customerNo: $no, channel: $channel, first: 8, filter: $filter) {
    totalCount
    edges { node {
      product { id code name { zh en } riskRating { level } }
      price { ... on PriceQuote { amountMinor currency billing } ... on NoPrice { reason } }
      suitability { outcome }
    } }
  }
}`;

export const WHY = `query Why($code: String!, $no: String!, $channel: Channel!) {
  explainOutcome(code: $code, customerNo: $no, channel: $channel) { lines { zh en } }
  explainPrice(code: $code, customerNo: $no, channel: $channel) { lines { zh en } }
}`;

export type CustomerRow = {
  id: string;
  customerNo: string;
  nameMasked: string;
  phoneMasked: string;
  branch: Named | null;
  tier: string;
  core: boolean;
  clubs: string[];
  stage: string;
  ageYears: number | null;
  riskProfile: { level: string; lowestCategory: boolean; assessedAt: string; validUntil: string } | null;
};

export type CustomerFacts = CustomerRow & {
  region: string;
  professional: { until: string } | null;
  eligibility: { code: string; until: string }[];
  permissions: string[];
  preferences: { term: string | null; investmentKinds: string[] | null; returnGoal: string | null };
  personalisation: boolean;
  consents: string[];
};

export type CustomersAnswer = {
  customers: {
    edges: { node: CustomerRow }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

type Term = { code: string; name: Named };
export type SchemeAnswer = { customerScheme: { tiers: Term[]; clubs: Term[] } };

export type Revealed =
  { name: string; phone: string; birthDate: string | null } | { code: string; message: Named };

export type TryRow = {
  product: { id: string; code: string; name: Named; riskRating: { level: RiskLevel } | null };
  price: PriceFact | { reason: string };
  suitability: { outcome: string } | null;
};
export type TriesAnswer = { browseProducts: { totalCount: number; edges: { node: TryRow }[] } };
export type WhyAnswer = Record<'explainOutcome' | 'explainPrice', { lines: Named[] } | null>;
export type TryChoice = { channel: Channel; text: string };
