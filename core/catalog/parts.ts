import type { Tx } from '../db/database.ts';
import type { Reason } from '../plugin/contract.ts';

/**
 * What another feature keeps of a product that a submission carries along (its first prices, its first rating), so
 * that one approval covers version, price and rating. The catalogue calls; the feature keeps its own records.
 */
export interface SubmissionPart {
  /** Which of these products have one: in force, or open for the next submission. */
  present(tx: Tx, productIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** What is open of these products joins the submission. */
  attach(tx: Tx, productIds: readonly string[], approvalId: string): Promise<void>;
  /** What joined comes into force with this publication. */
  approve(tx: Tx, decision: PartDecision & { readonly seq: number }): Promise<void>;
  /** What joined is closed with the submission; it stays as a record and never comes into force. */
  close(tx: Tx, decision: PartDecision & { readonly as: 'REJECTED' | 'WITHDRAWN' }): Promise<void>;
  /** Copies what was closed last as open again, where nothing is open: the new draft copies the whole submission. */
  reopen(tx: Tx, productId: string): Promise<void>;
}

export interface PartDecision {
  readonly approvalId: string;
  readonly productIds: readonly string[];
}

/** Reasons of a part speak of its own fields; under the draft they stand below its name. */
export function below(part: string, reasons: readonly Reason[]): Reason[] {
  return reasons.map((reason) => ({ ...reason, path: reason.path ? `${part}.${reason.path}` : part }));
}
