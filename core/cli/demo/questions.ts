/** What the guided run asks, as a touchpoint or the admin UI would. */
const BULK = '{ done refusedCount refused { code reasons { code text { zh en } } } approvals catalogSeq }';

export const SUBMIT = `mutation($reason: String!) { submitProducts(products: { filter: { kind: "fund", review: DRAFT } }, reason: $reason) ${BULK} }`;

export const LIST = `mutation($from: DateTime!, $reason: String!) {
  listProducts(products: { filter: { kind: "fund", review: APPROVED } }, channels: [
    { channel: APP, visibleFrom: $from, purchasableFrom: $from }
    { channel: WEBSITE, visibleFrom: $from, purchasableFrom: $from }
  ], reason: $reason) ${BULK} }`;

export const RESUME = `mutation($id: ID!, $reason: String!) { resumeProducts(products: { ids: [$id] }, reason: $reason) ${BULK} }`;
export const DELIST = `mutation($id: ID!, $reason: String!) { delistProducts(products: { ids: [$id] }, reason: $reason) ${BULK} }`;
export const FIND = 'query($code: String!) { product(code: $code) { id code } }';

export const DECIDE = `mutation($ids: [ID!]!, $decision: ApprovalIntent!, $comment: String) {
  decideApprovals(ids: $ids, decision: $decision, comment: $comment) {
    result { __typename ... on Refusal { code message { zh en } } ... on Approval { state } } } }`;

export const BROWSE = `query($customerNo: String, $seq: Int) {
  browseProducts(customerNo: $customerNo, channel: APP, first: 20, minCatalogSeq: $seq) {
    totalCount
    edges { node {
      product { code name { zh } riskRating { level } }
      price { ... on PriceQuote { amountMinor currency free } ... on NoPrice { reason } }
      suitability { outcome recommendable reasons { dimension outcome text { zh en } } duties { code due } }
    } } } }`;

export const COUNT = '{ browseProducts(channel: APP, first: 1) { totalCount } }';

export const EXPLAIN = `query($code: String!, $customerNo: String!) {
  explainPrice(code: $code, customerNo: $customerNo, channel: APP) { lines { zh en } }
  explainOutcome(code: $code, customerNo: $customerNo, channel: APP) { lines { zh en } } }`;

export const FORBID = `mutation($code: String!, $reason: String!) {
  proposeFundMoves(input: { codes: [$code], to: FORBIDDEN, reason: $reason, evidence: "IC-2026-11" }) {
    ... on FundMovesProposed { approvalId } ... on FundMovesRefused { reasons { text { en } } } } }`;

export const POLICY = '{ ruleKinds { kind version data } }';
export const PROPOSE_POLICY = `mutation($data: JSON!, $reason: String!) {
  proposeRule(kind: "suitability-policy", data: $data, reason: $reason) {
    ... on RuleProposed { approvalId version } ... on RuleInvalid { problems { path message } } } }`;

export interface Bulk {
  readonly done: number;
  readonly refusedCount: number;
  readonly refused: readonly {
    readonly code: string;
    readonly reasons: readonly {
      readonly code: string;
      readonly text: { readonly zh: string; readonly en: string };
    }[];
  }[];
  readonly approvals: readonly string[];
  readonly catalogSeq: number | null;
}

export interface BrowseEdge {
  readonly node: {
    readonly product: {
      readonly code: string;
      readonly name: { readonly zh: string };
      readonly riskRating: { readonly level: string } | null;
    };
    readonly price: {
      readonly amountMinor?: number;
      readonly currency?: string;
      readonly free?: boolean;
      readonly reason?: string;
    };
    readonly suitability: {
      readonly outcome: string;
      readonly recommendable: boolean;
      readonly reasons: readonly {
        readonly dimension: string;
        readonly outcome: string;
        readonly text: { readonly zh: string; readonly en: string };
      }[];
      readonly duties: readonly { readonly code: string; readonly due: string }[];
    } | null;
  };
}

export interface BrowseAnswer {
  readonly browseProducts: { readonly totalCount: number; readonly edges: readonly BrowseEdge[] };
}
