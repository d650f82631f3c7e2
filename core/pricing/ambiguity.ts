import type { PriceRow } from './price-row.ts';
import { CORE_SCOPES_ONLY } from './scopes.ts';
import type { PriceScopes } from './scopes.ts';

/** Two rows of one product of which neither goes before the other for some client. */
export interface Ambiguity {
  readonly code: 'AMBIGUOUS_PRICE_ROWS';
  readonly productId: string;
  /** The two row ids, in alphabetical order. */
  readonly rowIds: readonly [string, string];
  readonly why: 'SAME_KEY_AND_START' | 'CLUBS_OF_EQUAL_RANK' | 'SCOPES_MAY_OVERLAP';
}

export interface AmbiguityFacts {
  /** Rank of every club. A club that is not listed is taken to be of any rank. */
  readonly clubRanks: Readonly<Record<string, number>>;
  readonly scopes?: PriceScopes;
}

/**
 * The pairs that make a price book ambiguous; a save that leaves any is refused, naming both rows. Rows that were
 * retracted before the other was approved never met, and a proposal that retracts its rival is no rival.
 *
 * Whatever passes has one winner for every client: rows that differ in channel, quantity step or start are ordered by
 * the precedence, and only those equal in all of these are compared here.
 */
export function findAmbiguities(rows: readonly PriceRow[], facts: AmbiguityFacts): Ambiguity[] {
  const groups = new Map<string, PriceRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([
      row.productId,
      row.currency,
      row.billing,
      row.channel ?? null,
      row.quantityFrom,
      row.saleFrom.getTime(),
      row.scope.kind,
    ]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const found: Ambiguity[] = [];
  for (const group of groups.values()) {
    for (const [index, a] of group.entries()) {
      for (const b of group.slice(index + 1)) {
        const why = everKnownTogether(a, b) ? overlap(a, b, facts) : undefined;
        if (why === undefined) continue;
        const rowIds: [string, string] = a.id < b.id ? [a.id, b.id] : [b.id, a.id];
        found.push({ code: 'AMBIGUOUS_PRICE_ROWS', productId: a.productId, rowIds, why });
      }
    }
  }
  return found;
}

function everKnownTogether(a: PriceRow, b: PriceRow): boolean {
  if (retractsOnApproval(a, b) || retractsOnApproval(b, a)) return false;
  const from = Math.max(effectiveFrom(a), effectiveFrom(b));
  return from < Math.min(effectiveUntil(a), effectiveUntil(b));
}

function retractsOnApproval(row: PriceRow, rival: PriceRow): boolean {
  return row.approvedSeq === undefined && row.retracts === rival.id;
}

/** A proposal is approved, if ever, after everything that has happened so far. */
function effectiveFrom(row: PriceRow): number {
  return row.approvedSeq === undefined ? Number.MAX_SAFE_INTEGER : Math.max(row.recordedSeq, row.approvedSeq);
}

function effectiveUntil(row: PriceRow): number {
  return row.retractedSeq ?? Infinity;
}

const NO_PARAMS = {};

function overlap(a: PriceRow, b: PriceRow, facts: AmbiguityFacts): Ambiguity['why'] | undefined {
  switch (a.scope.kind) {
    case 'everyone':
      return 'SAME_KEY_AND_START';
    case 'client':
    case 'tier':
      return a.scope.ref === b.scope.ref ? 'SAME_KEY_AND_START' : undefined;
    case 'club': {
      if (a.scope.ref === b.scope.ref) return 'SAME_KEY_AND_START';
      const [one, other] = [facts.clubRanks[a.scope.ref ?? ''], facts.clubRanks[b.scope.ref ?? '']];
      return one === undefined || other === undefined || one === other ? 'CLUBS_OF_EQUAL_RANK' : undefined;
    }
    default: {
      const scope = (facts.scopes ?? CORE_SCOPES_ONLY).get(a.scope.kind);
      const apart = scope?.disjoint?.(a.scope.params ?? NO_PARAMS, b.scope.params ?? NO_PARAMS) ?? false;
      return apart ? undefined : 'SCOPES_MAY_OVERLAP';
    }
  }
}
