const NODE = `id at actor { kind id name channel } requestId action subjectType subjectId partyId reason details sealNo`;

export const TRACES = `query Traces($first: Int!, $after: String, $actorId: String, $action: String,
    $subjectType: String, $subjectId: String, $partyId: String, $from: DateTime) {
  traces(first: $first, after: $after, actorId: $actorId, action: $action, subjectType: $subjectType,
      subjectId: $subjectId, partyId: $partyId, from: $from) {
    edges { node { ${NODE} } }
    pageInfo { hasNextPage endCursor }
  }
  traceSealing { sealNo sealedAt waiting }
}`;

export const TRACES_OF = `query TracesOf($customer: ID!) {
  traces(first: 8, customer: $customer) { edges { node { ${NODE} } } }
}`;

export type Trace = {
  id: string;
  at: string;
  actor: { kind: string; id: string; name: string; channel: string | null };
  requestId: string | null;
  action: string;
  subjectType: string;
  subjectId: string;
  partyId: string | null;
  reason: string | null;
  details: Record<string, unknown>;
  sealNo: number | null;
};

export type TracesAnswer = {
  traces: { edges: { node: Trace }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  traceSealing: { sealNo: number | null; sealedAt: string | null; waiting: number };
};
