import { z } from 'zod';
import type { InForceRow } from '../catalog/in-force.ts';
import { instantSchema, schemaProblems } from '../explain/rule-data.ts';
import type { RuleProblem } from '../explain/rule-data.ts';

export const CURRENCIES = ['CNY', 'POINTS'] as const;
export const BILLINGS = ['ONCE', 'MONTH', 'QUARTER', 'YEAR'] as const;
export type Currency = (typeof CURRENCIES)[number];
export type Billing = (typeof BILLINGS)[number];

/** Whom a row is for. `ref` names the client, club or tier; `params` belong to a scope that a plugin adds. */
export interface RowScope {
  readonly kind: string;
  readonly ref?: string;
  readonly params?: Readonly<Record<string, string | number | boolean>>;
}

/** One row of a product's price book (价格表). Rows are immutable; a correction names the row it `retracts`. */
export interface PriceRow extends InForceRow {
  readonly id: string;
  readonly productId: string;
  readonly scope: RowScope;
  /** Absent: on any channel. */
  readonly channel?: string;
  readonly currency: Currency;
  /** Price of one unit for one billing period: 分 for CNY, whole points for POINTS. */
  readonly amountMinor: number;
  readonly billing: Billing;
  /** The row counts from this quantity on. */
  readonly quantityFrom: number;
  /** A mixed row: at most this share of the amount, in per cent, may be paid in points. CNY rows only. */
  readonly pointsShareMaxPct?: number;
  /** Id of the row that this one takes back when it is approved. */
  readonly retracts?: string;
}

const id = z.string().min(1).max(100);
const count = z.int().min(1);
const seq = z.int().min(0);

export const scopeSchema = z
  .strictObject({
    kind: z.string().min(1).max(50),
    ref: id.optional(),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .superRefine((scope, ctx) => {
    const named = scope.kind === 'client' || scope.kind === 'club' || scope.kind === 'tier';
    if (named && scope.ref === undefined) {
      ctx.addIssue({ code: 'custom', path: ['ref'], message: `name the ${scope.kind} that the row is for` });
    }
    if (scope.kind === 'everyone' && (scope.ref !== undefined || scope.params !== undefined)) {
      ctx.addIssue({
        code: 'custom',
        path: ['ref'],
        message: 'a row for everyone names nobody: leave ref and params out',
      });
    }
  });

export const existingSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('never') }),
  z.strictObject({ mode: z.literal('renewal'), from: instantSchema }),
  z.strictObject({ mode: z.literal('date'), from: instantSchema }),
]);

/** The fields that `inForce` reads, for every row that has a window and an approval. */
export const inForceFields = {
  no: count,
  recordedSeq: seq,
  approvedSeq: seq.optional(),
  retractedSeq: seq.optional(),
  saleFrom: instantSchema,
  saleUntil: instantSchema.optional(),
  existing: existingSchema,
};

export const priceRowSchema = z
  .strictObject({
    id,
    productId: id,
    scope: scopeSchema,
    channel: z.string().min(1).max(50).optional(),
    currency: z.enum(CURRENCIES),
    amountMinor: z.int('a price is a whole number of 分 or points').min(0, 'a price is not negative'),
    billing: z.enum(BILLINGS),
    quantityFrom: count,
    pointsShareMaxPct: z.int().min(1).max(100).optional(),
    retracts: id.optional(),
    ...inForceFields,
  })
  .superRefine((row, ctx) => {
    if (row.saleUntil !== undefined && row.saleUntil <= row.saleFrom) {
      ctx.addIssue({ code: 'custom', path: ['saleUntil'], message: 'the sale must end after it starts' });
    }
    if (row.pointsShareMaxPct !== undefined && row.currency !== 'CNY') {
      ctx.addIssue({
        code: 'custom',
        path: ['pointsShareMaxPct'],
        message: 'only a CNY row can be paid in part with points',
      });
    }
  });

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: RuleProblem[] };

/** A price row from outside, checked field by field. */
export function checkPriceRow(input: unknown): Checked<PriceRow> {
  const parsed = priceRowSchema.safeParse(input);
  return parsed.success
    ? { ok: true, value: parsed.data as PriceRow }
    : { ok: false, problems: schemaProblems(parsed.error) };
}
