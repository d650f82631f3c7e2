import { Schema } from 'mongoose';

/**
 * One version of a piece of rule data: a suitability policy, a factor model, a table of types. Never changed but for
 * its state; collection `rule_versions`, `_id` = `${kind}:${version}`.
 */
export interface RuleVersionRecord {
  _id: string;
  kind: string;
  /** `id@number`, as decisions name it, e.g. `csrc-order-130@1`. */
  version: string;
  /** The data as JSON text, so that what was approved is kept byte for byte. */
  data: string;
  /** SHIPPED came with the platform, STAFF was proposed by a person. */
  origin: 'SHIPPED' | 'STAFF';
  state: 'DRAFT' | 'IN_FORCE' | 'SUPERSEDED' | 'REJECTED';
  /** The publication that put it in force. */
  seq?: number;
  reason: string;
  maker: { id: string; name: string };
  checker?: { id: string; name: string };
  changedAt: Date;
}

export const RULE_VERSIONS = 'rule_versions';

const text = { type: String, required: true } as const;

export const ruleVersionSchema = new Schema<RuleVersionRecord>(
  {
    _id: text,
    kind: text,
    version: text,
    data: text,
    origin: { type: String, enum: ['SHIPPED', 'STAFF'], required: true },
    state: { type: String, enum: ['DRAFT', 'IN_FORCE', 'SUPERSEDED', 'REJECTED'], required: true },
    seq: Number,
    reason: text,
    maker: { type: Schema.Types.Mixed, required: true },
    checker: Schema.Types.Mixed,
    changedAt: { type: Date, required: true },
  },
  { versionKey: false },
)
  // One version of a kind is in force: a second one that slipped through would be refused here.
  .index({ kind: 1 }, { unique: true, partialFilterExpression: { state: 'IN_FORCE' } })
  .index({ kind: 1, changedAt: -1 });
