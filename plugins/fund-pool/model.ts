import { Schema } from 'mongoose';
import type { ModelDeclaration } from '../../core/plugin/contract.ts';
import { POOLS, type Pool } from './pool.ts';

/** The pool that a fund is in; one document per fund that ever was in one. `_id` = product id. */
export interface MemberRecord {
  _id: string;
  code: string;
  pool: Pool;
  since: Date;
  reason: string;
  evidence?: string;
  reviewDue?: Date;
}

/** One move as it was applied; never changed. */
export interface MoveRecord {
  _id: string;
  productId: string;
  code: string;
  from?: Pool;
  to: Pool;
  at: Date;
  reason: string;
  evidence?: string;
  maker: { id: string; name: string };
  checker: { id: string; name: string };
  approvalId: string;
}

export const MEMBERS = 'fund_pool_members';
export const MOVES = 'fund_pool_moves';

const text = { type: String, required: true } as const;
const pool = { type: String, enum: POOLS, required: true } as const;
const instant = { type: Date, required: true } as const;

const memberSchema = new Schema<MemberRecord>(
  { _id: text, code: text, pool, since: instant, reason: text, evidence: String, reviewDue: Date },
  { versionKey: false },
)
  .index({ pool: 1, code: 1 })
  .index({ reviewDue: 1 }, { sparse: true });

const moveSchema = new Schema<MoveRecord>(
  {
    _id: text,
    productId: text,
    code: text,
    from: { type: String, enum: POOLS },
    to: pool,
    at: instant,
    reason: text,
    evidence: String,
    maker: { type: Schema.Types.Mixed, required: true },
    checker: { type: Schema.Types.Mixed, required: true },
    approvalId: text,
  },
  { versionKey: false },
).index({ productId: 1, at: -1 });

export const fundPoolModels: readonly ModelDeclaration[] = [
  {
    name: MEMBERS,
    schema: memberSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'as long as the fund',
  },
  { name: MOVES, schema: moveSchema as never, shardKey: { productId: 'hashed' }, retention: 'twenty years' },
];
