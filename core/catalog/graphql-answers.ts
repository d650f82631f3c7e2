import type { Reason } from '../plugin/contract.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import { isRefused, type BulkResult, type Refused } from './outcome.ts';

/** A refusal as the schema's unions show it. */
export function toRefusal({ refused }: Refused) {
  const [first] = refused as [Reason];
  return { __typename: 'CatalogRefusal', code: first.code, message: first.text, reasons: refused };
}

/** The outcome of a proposal: the approval that waits, or what stands against it. */
export function toProposal(result: { readonly approvalId: string } | Refused) {
  if (isRefused(result)) return toRefusal(result);
  return { __typename: 'ProposalMade', approvalId: toGlobalId('Approval', result.approvalId) };
}

export function toBulkOutcome(result: BulkResult) {
  const refused = result.outcomes.filter((outcome) => outcome.refused !== undefined);
  return {
    done: result.outcomes.length - refused.length,
    refusedCount: refused.length,
    refused: ({ first }: { first: number }) =>
      refused.slice(0, first).map(({ productId, code, refused: reasons }) => ({
        id: toGlobalId('Product', productId),
        code,
        reasons,
      })),
    approvals: result.approvalIds.map((id) => toGlobalId('Approval', id)),
    catalogSeq: result.seq ?? null,
  };
}

export const byTypename = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
