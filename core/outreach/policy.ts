import { z } from 'zod';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';
import type { LocalizedText } from '../plugin/contract.ts';
import { PURPOSES, type Purpose } from '../plugin/gateway.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, HH:MM');
const hours = z
  .strictObject({ from: clock, until: clock })
  .refine(({ from, until }) => from < until, 'must end after it begins, on the same day');
const limit = z.int().min(0).max(1_000_000_000);
const rules = z.strictObject({
  hours: hours.optional(),
  perClientDayMax: limit,
  perPrefixHourMax: limit.optional(),
  perGatewayDayMax: limit,
});
const localized = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const policySchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  title: localized,
  source: z.array(z.string()),
  permitMinutes: z.int().min(1).max(1440),
  purposes: z.strictObject(
    Object.fromEntries(PURPOSES.map((purpose) => [purpose, rules])) as Record<Purpose, typeof rules>,
  ),
  gateways: z.record(z.string(), z.strictObject({ hours: z.partialRecord(z.enum(PURPOSES), hours) })),
});

/** A part of the day in which messages go out, Asia/Shanghai; `until` is exclusive. */
export interface Hours {
  readonly from: string;
  readonly until: string;
}

export interface PurposeRules {
  readonly hours?: Hours | undefined;
  readonly perClientDayMax: number;
  /** Numbers that begin with the same seven digits, against pumping. */
  readonly perPrefixHourMax?: number | undefined;
  readonly perGatewayDayMax: number;
}

/** Who may be written to when, and how often (触达规则): rule data. */
export interface OutreachPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: LocalizedText;
  /** How long a permit may be used. */
  readonly permitMinutes: number;
  readonly purposes: Readonly<Record<Purpose, PurposeRules>>;
  /** Hours of a gateway that differ, by its code and purpose. */
  readonly gateways: Readonly<Record<string, { readonly hours: Readonly<Partial<Record<Purpose, Hours>>> }>>;
}

/** @throws RuleDataError naming everything that is wrong */
export function loadOutreachPolicy(data: unknown): OutreachPolicy {
  const parsed = policySchema.safeParse(data);
  if (!parsed.success) throw new RuleDataError('outreach policy', schemaProblems(parsed.error));
  return parsed.data as OutreachPolicy;
}
