import type { PriceRow } from './price-row.ts';
import { BILLINGS, CURRENCIES } from './price-row.ts';
import { clubRank, scopeMismatch, scopeRank } from './scopes.ts';
import type { PriceClient, PriceScopes, ScopeMismatch } from './scopes.ts';
import { isOnSale } from '../catalog/in-force.ts';

/** What a price is asked for: who, where, how many, when, and as of which catalogue sequence. */
export interface PriceAsk {
  /** Absent: a visitor of whom nothing is known. */
  readonly client?: PriceClient;
  readonly channel: string;
  readonly quantity: number;
  readonly at: Date;
  readonly knownSeq: number;
}

/** Why a row cannot win for this ask, in the order in which it is checked. */
export type NotApplicable =
  | 'NOT_YET_KNOWN'
  | 'NOT_APPROVED'
  | 'RETRACTED'
  | 'NOT_YET_IN_FORCE'
  | 'NO_LONGER_IN_FORCE'
  | 'OTHER_CHANNEL'
  | 'QUANTITY_TOO_SMALL'
  | ScopeMismatch;

/** Why a row that applies loses against another one, in the order of precedence. */
export const LOST_BY = [
  'AMBIGUOUS',
  'LESS_SPECIFIC_SCOPE',
  'LOWER_CLUB_RANK',
  'ANY_CHANNEL',
  'LOWER_QUANTITY_STEP',
  'EARLIER_START',
] as const;

/** Why a row cannot win; `undefined` when it applies. */
export function notApplicable(row: PriceRow, ask: PriceAsk, scopes: PriceScopes): NotApplicable | undefined {
  if (row.recordedSeq > ask.knownSeq) return 'NOT_YET_KNOWN';
  if (row.approvedSeq === undefined || row.approvedSeq > ask.knownSeq) return 'NOT_APPROVED';
  if (row.retractedSeq !== undefined && row.retractedSeq <= ask.knownSeq) return 'RETRACTED';
  if (!isOnSale(row, ask.at)) return row.saleFrom > ask.at ? 'NOT_YET_IN_FORCE' : 'NO_LONGER_IN_FORCE';
  if (row.channel !== undefined && row.channel !== ask.channel) return 'OTHER_CHANNEL';
  if (row.quantityFrom > ask.quantity) return 'QUANTITY_TOO_SMALL';
  return scopeMismatch(row.scope, ask.client, scopes);
}

/**
 * The fixed precedence between two rows that both apply: client scope, club rank, channel over any, greatest quantity
 * step, later start. Positive when `a` goes first; the size says at which step (an index of `LOST_BY`); 0 is a tie.
 */
export function precedence(
  a: PriceRow,
  b: PriceRow,
  client: PriceClient | undefined,
  scopes: PriceScopes,
): number {
  const scope = (scopeRank(a.scope, scopes) ?? -1) - (scopeRank(b.scope, scopes) ?? -1);
  if (scope !== 0) return scope > 0 ? 1 : -1;
  const club = (clubRank(a.scope, client) ?? 0) - (clubRank(b.scope, client) ?? 0);
  if (club !== 0) return club > 0 ? 2 : -2;
  const channel = Number(a.channel !== undefined) - Number(b.channel !== undefined);
  if (channel !== 0) return channel > 0 ? 3 : -3;
  const quantity = a.quantityFrom - b.quantityFrom;
  if (quantity !== 0) return quantity > 0 ? 4 : -4;
  const start = a.saleFrom.getTime() - b.saleFrom.getTime();
  if (start !== 0) return start > 0 ? 5 : -5;
  return 0;
}

export const GROUP_COUNT = CURRENCIES.length * BILLINGS.length;

/** Index of the group of rows that compete: one per currency and billing period. */
export function groupOf(row: Pick<PriceRow, 'currency' | 'billing'>): number {
  return CURRENCIES.indexOf(row.currency) * BILLINGS.length + BILLINGS.indexOf(row.billing);
}

/** The winner of each group, and the row that ties with it where the book is ambiguous. */
export interface Winners {
  readonly winner: readonly (PriceRow | undefined)[];
  readonly tiedWith: readonly (PriceRow | undefined)[];
}

/**
 * The winning row per currency and billing period, without a trace: what lists ask millions of times. `rows` are those
 * of one product. A group whose best rows tie has a `tiedWith`, and then nobody may take its `winner` for a price.
 */
export function winningRows(rows: readonly PriceRow[], ask: PriceAsk, scopes: PriceScopes): Winners {
  const winner = new Array<PriceRow | undefined>(GROUP_COUNT).fill(undefined);
  const tiedWith = new Array<PriceRow | undefined>(GROUP_COUNT).fill(undefined);
  for (const row of rows) {
    if (notApplicable(row, ask, scopes) !== undefined) continue;
    const group = groupOf(row);
    const best = winner[group];
    const order = best === undefined ? 1 : precedence(row, best, ask.client, scopes);
    if (order > 0) {
      winner[group] = row;
      tiedWith[group] = undefined;
    } else if (order === 0) {
      tiedWith[group] = row;
    }
  }
  return { winner, tiedWith };
}
