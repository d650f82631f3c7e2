import { z } from 'zod';
import { instantSchema } from '../explain/rule-data.ts';
import { conditionShape } from './condition.ts';

const code = z.string().regex(/^[a-z][a-z0-9-]{1,47}$/, 'a code: small letters, digits, hyphens');
const title = z.strictObject({ zh: z.string().min(1).max(100), en: z.string().min(1).max(100) });
const points = z.int().min(1).max(1_000_000_000);
const factName = z.string().min(1).max(80);

/** How many points an event gives before boosts and caps. */
const formulaShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('FIXED'), points }),
  z.strictObject({
    kind: z.literal('PER_AMOUNT'),
    /** A whole number, e.g. `event.amountMinor` in 分. */
    of: factName,
    /** Each full `per` of it gives `points`; what is left over gives nothing. */
    per: points,
    points,
    /** From this amount on (inclusive, ascending) each full `per` above it gives this many instead. */
    steps: z
      .array(z.strictObject({ from: points, points: z.int().min(0) }))
      .max(20)
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('TABLE'),
    of: factName,
    rows: z
      .array(z.strictObject({ value: z.union([z.string().max(100), z.int()]), points }))
      .min(1)
      .max(200),
    /** For any other value; absent: nothing. */
    otherwise: points.optional(),
  }),
]);

/** From `from` (inclusive) until `until` (exclusive), by the time of the event. */
const scheduleShape = z.strictObject({ from: instantSchema.optional(), until: instantSchema.optional() });
const budgetShape = z.strictObject({ code, points });

export const earningRuleShape = z.strictObject({
  code,
  title,
  /** Name of the event that earns. */
  on: z.string().min(1).max(80),
  when: conditionShape.optional(),
  formula: formulaShape,
  /** Counted after boosts, by the event's day and month in Shanghai; an award that goes beyond is cut to fit. */
  caps: z
    .strictObject({ perDay: points.optional(), perMonth: points.optional(), perLife: points.optional() })
    .optional(),
  /** At most so many awards of this rule to one client in a calendar year of the event's time, e.g. 1 for a birthday. */
  timesPerYear: z.int().min(1).max(1000).optional(),
  schedule: scheduleShape.optional(),
  budget: budgetShape.optional(),
  /** Days until what was earned can be spent; 0 or absent: at once. */
  pendingDays: z.int().min(0).max(92).optional(),
  /** Higher goes first. */
  priority: z.int().min(0).max(1000),
  /** Of the rules of one group only the first that awards anything counts. */
  exclusiveGroup: code.optional(),
});

/** Multiplies what rules give: by tier, by club, for a campaign. */
export const boostShape = z.strictObject({
  code,
  title,
  /** Of one group the highest counts; groups multiply each other; the product is floored once. */
  group: code,
  /** Rules that it boosts; absent: all. */
  rules: z.array(code).min(1).max(200).optional(),
  when: conditionShape.optional(),
  /** 120 is × 1.2. */
  percent: z.int().min(101).max(1000),
  schedule: scheduleShape.optional(),
  /** Counts what the boost adds. When it is used up, the boost adds nothing more. */
  budget: budgetShape.optional(),
});

export const earningRulesShape = z.strictObject({
  id: code,
  version: z.int().min(1),
  rules: z.array(earningRuleShape).max(500),
  boosts: z.array(boostShape).max(100),
});

export type EarningRule = z.infer<typeof earningRuleShape>;
export type Boost = z.infer<typeof boostShape>;
export type EarningRules = z.infer<typeof earningRulesShape>;
