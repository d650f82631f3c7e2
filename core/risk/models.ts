import { Schema } from 'mongoose';
import { RISK_RATINGS, type RiskRatingRecord } from '../catalog/records.ts';
import type { ModelDeclaration } from '../plugin/contract.ts';

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;

const ratings = new Schema<RiskRatingRecord>(
  {
    _id: text,
    productId: text,
    no: number,
    level: text,
    score: number,
    evidence: text,
    modelVersion: text,
    basis: data,
    ratedAt: instant,
    validUntil: instant,
    signedBy: data,
    approvalId: String,
    closed: String,
    recordedSeq: number,
    approvedSeq: Number,
    retractedSeq: Number,
    saleFrom: instant,
    saleUntil: Date,
    existing: data,
  },
  { versionKey: false, minimize: false },
)
  .index({ productId: 1, no: 1 }, { unique: true })
  .index({ approvalId: 1 }, { sparse: true })
  .index({ validUntil: 1 });

export const riskModels: readonly ModelDeclaration[] = [
  {
    name: RISK_RATINGS,
    schema: ratings,
    shardKey: { productId: 1 },
    retention: 'At least 20 years: the rating at purchase is evidence of suitability.',
  },
];
