import { Schema } from 'mongoose';
import {
  PRICING_BOOKS,
  PRICING_ROWS,
  type PriceBookRecord,
  type PriceRowRecord,
} from '../catalog/records.ts';
import type { ModelDeclaration } from '../plugin/contract.ts';

const PLAIN = { versionKey: false, minimize: false } as const;
const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;

const rows = new Schema<PriceRowRecord>(
  {
    _id: text,
    productId: text,
    no: number,
    scope: data,
    channel: String,
    currency: text,
    amountMinor: number,
    billing: text,
    quantityFrom: number,
    pointsShareMaxPct: Number,
    retracts: String,
    maker: data,
    approvalId: String,
    closed: String,
    recordedSeq: number,
    approvedSeq: Number,
    retractedSeq: Number,
    saleFrom: { type: Date, required: true },
    saleUntil: Date,
    existing: data,
  },
  PLAIN,
)
  .index({ productId: 1, no: 1 }, { unique: true })
  .index({ approvalId: 1 }, { sparse: true });

const books = new Schema<PriceBookRecord>({ _id: text, lastNo: number }, PLAIN);

const KEPT = 'At least 20 years: what a client paid is explained by them.';

export const pricingModels: readonly ModelDeclaration[] = [
  { name: PRICING_ROWS, schema: rows, shardKey: { productId: 1 }, retention: KEPT },
  { name: PRICING_BOOKS, schema: books, shardKey: { _id: 1 }, retention: KEPT },
];
