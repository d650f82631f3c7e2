import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import type { ModelDeclaration } from '../../../core/plugin/contract.ts';
import type { Cut, Silence } from './evaluate.ts';

export const JUDGEMENTS = 'loyalty_judgements';
export const EARNING_USAGE = 'loyalty_earning_usage';

/** What one event earned a client, with everything that the numbers come from: never changed, but for the taking back. */
export interface JudgementRecord {
  /** Hash of the event's source and id there. */
  _id: string;
  partyId: string;
  source: string;
  sourceId: string;
  /** Name of the event, e.g. `course.passed`; absent where it was taken back before it came. */
  event?: string;
  /** When it happened, by its source. */
  happenedAt?: Date;
  judgedAt: Date;
  /** The rules that judged it, e.g. `earning-rules@3`. */
  rules?: string;
  awards: AwardRecord[];
  /** Rules that listened and gave nothing. */
  silent: { rule: string; why: Silence }[];
  /** Who took it back: the taking event's id at the source. */
  reversedBy?: string;
}

export interface AwardRecord {
  rule: string;
  title: { zh: string; en: string };
  points: number;
  base: number;
  boosts: { code: string; title: { zh: string; en: string }; percent: number; points: number }[];
  cuts: { by: Cut; from: number; to: number }[];
  budgets: { code: string; points: number }[];
  /** The ledger's entry. */
  journalId: string;
}

/** How much a rule gave a client in a period. */
export interface UsageRecord {
  /** `PARTY|RULE|PERIOD`, the period being a day, a month, a year or `life`. */
  _id: string;
  partyId: string;
  points: number;
  times: number;
}

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;

const judgementSchema = new Schema(
  {
    _id: text,
    partyId: text,
    source: text,
    sourceId: text,
    event: String,
    happenedAt: Date,
    judgedAt: { type: Date, required: true },
    rules: String,
    awards: [Schema.Types.Mixed],
    silent: [Schema.Types.Mixed],
    reversedBy: String,
  },
  { versionKey: false },
);

const usageSchema = new Schema(
  { _id: text, partyId: text, points: number, times: number },
  { versionKey: false },
);

export const earningModels: readonly ModelDeclaration[] = [
  {
    name: JUDGEMENTS,
    schema: judgementSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'as long as the entries that it explains',
  },
  {
    name: EARNING_USAGE,
    schema: usageSchema as never,
    shardKey: { partyId: 'hashed' },
    retention: 'as long as the account: caps for life count on it',
  },
];

export function judgementId(source: string, sourceId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([source, sourceId]))
    .digest('base64url');
}
