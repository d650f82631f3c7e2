import { inForce } from '../in-force.ts';
import type { PriceRowRecord } from '../records.ts';

const SHORTEST_FIRST: readonly PriceRowRecord['billing'][] = ['ONCE', 'MONTH', 'QUARTER', 'YEAR'];

/**
 * The one price that a list shows of a product: for everyone, the shortest billing, yuan before points, any channel
 * before one channel, the smallest quantity. A row in force goes first; where none is, the one that waits with a draft.
 */
export function listPriceOf(
  rows: readonly PriceRowRecord[],
  query: { readonly at: Date; readonly knownSeq: number },
): PriceRowRecord | undefined {
  const open = rows
    .filter(({ scope, closed }) => scope.kind === 'everyone' && closed === undefined)
    .sort(standardFirst);
  for (const candidate of open) {
    const ofKey = open.filter(
      (row) => standardFirst(row, candidate) === 0 && row.channel === candidate.channel,
    );
    const row = inForce(ofKey, query);
    if (row) return row;
  }
  return open.findLast((row) => row.approvedSeq === undefined && standardFirst(row, open[0]!) === 0);
}

function standardFirst(a: PriceRowRecord, b: PriceRowRecord): number {
  return (
    SHORTEST_FIRST.indexOf(a.billing) - SHORTEST_FIRST.indexOf(b.billing) ||
    Number(a.currency === 'POINTS') - Number(b.currency === 'POINTS') ||
    Number(a.channel !== undefined) - Number(b.channel !== undefined) ||
    a.quantityFrom - b.quantityFrom
  );
}
