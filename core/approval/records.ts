import { Schema } from 'mongoose';

export const APPROVALS = 'approvals';

export type ApprovalState = 'WAITING' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

/** Who did something and when, as evidence. */
export interface Signature {
  readonly id: string;
  readonly name: string;
  readonly at: Date;
}

/** A change that one person proposed and another decides. It is kept for good, with the evidence of both. */
export interface ApprovalRecord {
  _id: string;
  type: string;
  subjectIds: readonly string[];
  change: Readonly<Record<string, unknown>>;
  maker: Signature;
  reason: string;
  expectedRevisions?: Readonly<Record<string, number>>;
  state: ApprovalState;
  /** By whom it was approved, rejected or withdrawn. */
  decided?: Signature;
  comment?: string;
  proposedAt: Date;
}

const signature = { id: { type: String, required: true }, name: String, at: { type: Date, required: true } };

export const approvalSchema = new Schema<ApprovalRecord>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    subjectIds: { type: [String], required: true },
    change: { type: Schema.Types.Mixed, required: true },
    maker: { type: signature, required: true, _id: false },
    reason: { type: String, required: true },
    expectedRevisions: Schema.Types.Mixed,
    state: { type: String, required: true },
    decided: { type: signature, _id: false },
    comment: String,
    proposedAt: { type: Date, required: true },
  },
  { versionKey: false, minimize: false },
)
  .index({ state: 1, type: 1, proposedAt: -1 })
  .index({ proposedAt: -1 })
  .index({ subjectIds: 1, state: 1 });
