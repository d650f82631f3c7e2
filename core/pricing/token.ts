import type { Actor } from '../access/actor.ts';
import type { Refused } from '../catalog/outcome.ts';
import type { SubmissionPart } from '../catalog/parts.ts';
import type { PriceRowRecord } from '../catalog/records.ts';
import type { Tx } from '../db/database.ts';
import type { Reason } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import type { PriceRowInput } from './input.ts';

export interface PriceChange {
  readonly productId: string;
  readonly rows: readonly PriceRowInput[];
  /** Rows taken back without a successor. */
  readonly retract?: readonly string[];
  readonly reason: string;
}

/** The price list's write side: rows keyed by product, with an approval of their own. */
export interface PricingService extends SubmissionPart {
  /** Puts a change of a product's prices before a second person. Ambiguous rows are refused, both named. */
  proposeRows(actor: Actor, change: PriceChange): Promise<{ readonly approvalId: string } | Refused>;
  /** Replaces the open rows of a product's draft; answers what stands against them, writing nothing then. */
  saveDraftRows(tx: Tx, productId: string, rows: readonly PriceRowInput[]): Promise<readonly Reason[]>;
  /** What is wrong with these rows by themselves: shape, and pairs without precedence. */
  check(productId: string, rows: readonly PriceRowInput[], at: Date): readonly Reason[];
  /** Open or submitted first rows of new products, many at once; the caller has checked them. */
  insertFirstRows(
    tx: Tx,
    first: readonly { readonly productId: string; readonly rows: readonly PriceRowInput[] }[],
    recordedSeq: number,
    approvalId?: string,
  ): Promise<void>;
  /** All rows of these products, in force or not, oldest first. */
  rowsOf(productIds: readonly string[], tx?: Pick<Tx, 'session'>): Promise<readonly PriceRowRecord[]>;
}

export const pricingService = serviceToken<PricingService>('core', 'pricing');
