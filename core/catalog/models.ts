import { Schema } from 'mongoose';
import type { ModelDeclaration } from '../plugin/contract.ts';
import {
  CATALOG,
  type CatalogSequence,
  type CategoryRecord,
  type CrossingRecord,
  type KindRecord,
  type ListingRecord,
  type ProductRecord,
  type TransitionRecord,
  type VersionRecord,
} from './records.ts';

const PLAIN = { versionKey: false, minimize: false } as const;
const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;

const products = new Schema<ProductRecord>(
  {
    _id: text,
    code: text,
    kind: text,
    sale: text,
    blocks: { type: [Schema.Types.Mixed] as never, required: true },
    lastVersionNo: number,
    lastReview: text,
    orgPath: text,
    seq: number,
    revision: number,
    createdAt: instant,
    changedAt: instant,
  },
  PLAIN,
)
  .index({ code: 1 }, { unique: true })
  .index({ kind: 1, code: 1 })
  .index({ sale: 1, code: 1 })
  .index({ lastReview: 1, code: 1 })
  .index({ seq: 1 })
  .index({ changedAt: 1 });

const versions = new Schema<VersionRecord>(
  {
    _id: text,
    productId: text,
    no: number,
    review: text,
    content: data,
    maker: data,
    drafterIds: { type: [String], default: undefined },
    submittedBy: Schema.Types.Mixed,
    checker: Schema.Types.Mixed,
    approvalId: String,
    reason: String,
    changedAt: instant,
    recordedSeq: number,
    approvedSeq: Number,
    retractedSeq: Number,
    saleFrom: instant,
    saleUntil: Date,
    existing: data,
  },
  PLAIN,
)
  .index({ productId: 1, no: 1 }, { unique: true })
  .index({ approvalId: 1 }, { sparse: true });

const listings = new Schema<ListingRecord>(
  {
    _id: text,
    productId: text,
    channel: text,
    visibleFrom: instant,
    visibleUntil: Date,
    purchasableFrom: instant,
    purchasableUntil: Date,
    recordedSeq: number,
    supersededSeq: Number,
  },
  PLAIN,
)
  .index({ productId: 1, channel: 1, recordedSeq: 1 })
  .index({ recordedSeq: 1 });

const transitions = new Schema<TransitionRecord>(
  {
    _id: text,
    productId: text,
    from: text,
    to: text,
    at: instant,
    seq: number,
    actor: data,
    reason: text,
  },
  PLAIN,
).index({ productId: 1, seq: 1 });

const crossings = new Schema<CrossingRecord>(
  {
    _id: text,
    listingId: text,
    productId: text,
    channel: text,
    kind: text,
    at: instant,
    pending: Boolean,
  },
  PLAIN,
)
  .index({ pending: 1, at: 1 }, { partialFilterExpression: { pending: true } })
  .index({ at: 1 });

const tree = () =>
  new Schema<CategoryRecord>(
    { _id: text, code: text, name: data, parentId: String, order: number, seq: number },
    PLAIN,
  ).index({ code: 1 }, { unique: true });

const kinds = new Schema<KindRecord>(
  {
    _id: text,
    owner: text,
    name: data,
    nature: text,
    version: number,
    attributes: data,
    requiredToList: { type: [String] as never, required: true },
    suitabilityDimensions: { type: [String] as never, default: undefined },
    riskFloor: String,
    publicOffer: { type: Boolean, required: true },
    gone: Boolean,
    seq: number,
  },
  PLAIN,
);

const sequence = new Schema<CatalogSequence>({ _id: text as never, seq: number }, PLAIN);

const KEPT =
  'As long as the firm exists: what was on sale when is evidence of every sale (at least 20 years).';

/** The catalogue's collections. It is small beside clients' data, so that a sharded cluster keeps it together by id. */
export const catalogModels: readonly ModelDeclaration[] = [
  { name: CATALOG.products, schema: products, shardKey: { _id: 1 }, retention: KEPT },
  { name: CATALOG.versions, schema: versions, shardKey: { productId: 1 }, retention: KEPT },
  { name: CATALOG.listings, schema: listings, shardKey: { productId: 1 }, retention: KEPT },
  { name: CATALOG.transitions, schema: transitions, shardKey: { productId: 1 }, retention: KEPT },
  { name: CATALOG.crossings, schema: crossings, shardKey: { productId: 1 }, retention: KEPT },
  { name: CATALOG.categories, schema: tree(), shardKey: { _id: 1 }, retention: KEPT },
  { name: CATALOG.brands, schema: tree(), shardKey: { _id: 1 }, retention: KEPT },
  { name: CATALOG.kinds, schema: kinds, shardKey: { _id: 1 }, retention: KEPT },
  { name: CATALOG.sequence, schema: sequence, shardKey: { _id: 1 }, retention: 'One document, for good.' },
];
