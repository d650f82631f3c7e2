import type { Named } from '../../words/named.ts';

export type Reason = { code: string; path: string | null; text: Named };
export type Refused = { id: string; code: string; reasons: Reason[] };
export type Outcome = { done: number; refusedCount: number; approvals: string[]; refused: Refused[] };

export type RefusedGroup = { reason: Reason; products: Refused[] };

/** The refused by their first reason, the most frequent first: one repair often mends many. */
export function groupsOf(refused: readonly Refused[]): RefusedGroup[] {
  const groups = new Map<string, RefusedGroup>();
  for (const product of refused) {
    const [reason] = product.reasons;
    if (!reason) continue;
    const key = `${reason.code} ${reason.text.zh}`;
    const group = groups.get(key);
    if (group) group.products.push(product);
    else groups.set(key, { reason, products: [product] });
  }
  return [...groups.values()].sort((a, b) => b.products.length - a.products.length);
}
