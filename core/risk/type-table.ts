import { z } from 'zod';
import type { ExplainLine } from '../explain/line.ts';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';
import type { RuleProblem } from '../explain/rule-data.ts';
import type { FactorModel } from './factor-model.ts';
import { RISK_LEVELS } from './levels.ts';
import type { RiskLevel } from './levels.ts';
import { rate } from './rate.ts';
import type { FactorSheet, Rated, RatingFloors, Unrated } from './rate.ts';

/** What a type says of the products that carry it. */
export interface TypeRule {
  /** A type as the source writes it, or the start of one followed by `*`. */
  readonly match: string;
  /** Only products whose name holds one of these, or whose code starts with one of these. */
  readonly when?: { readonly nameIncludes?: readonly string[]; readonly codeStartsWith?: readonly string[] };
  /** Absent: the type is known, and known not to tell the risk; `why` says so. */
  readonly sheet?: FactorSheet;
  /** Least level of the type. */
  readonly floor?: RiskLevel;
  /** Other facts that follow from the type, e.g. term and investment kind for suitability. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly why: string;
}

/** Ratings derived from a type string, as versioned data. */
export interface TypeTable {
  readonly id: string;
  readonly version: number;
  /** The factor model that its sheets are for, as `id@version`. */
  readonly model: string;
  readonly source: readonly string[];
  readonly types: readonly TypeRule[];
}

export interface TypedSubject {
  readonly type: string;
  readonly name?: string;
  readonly code?: string;
}

export interface TypeEvidence {
  readonly kind: 'DERIVED_FROM_TYPE';
  readonly table: string;
  /** The rule that decided. */
  readonly match: string;
  readonly why: string;
}

export type TypeRating =
  | (Rated & {
      readonly evidence: TypeEvidence;
      readonly sheet: FactorSheet;
      readonly facts: Readonly<Record<string, string>>;
    })
  | (Unrated & { readonly evidence?: TypeEvidence });

/**
 * Rates by type. The most specific rule wins: one with a condition, then an exact type, then the longest beginning. A
 * type that no rule knows, or that is known not to tell the risk, stays unrated. Further floors may be given.
 */
export function rateByType(
  table: TypeTable,
  model: FactorModel,
  subject: TypedSubject,
  floors: RatingFloors = {},
): TypeRating {
  const version = `${table.id}@${table.version}`;
  const modelVersion = `${model.id}@${model.version}`;
  const unrated = (reason: ExplainLine, evidence?: TypeEvidence): TypeRating => ({
    outcome: 'UNRATED',
    modelVersion,
    reasons: [reason],
    ...(evidence === undefined ? {} : { evidence }),
  });
  const [rule, rival] = mostSpecific(table, subject);
  if (rule === undefined)
    return unrated({ key: 'risk.typeUnknown', params: { type: subject.type, table: version } });
  if (rival !== undefined) {
    const params = { type: subject.type, one: ruleName(rule), other: ruleName(rival) };
    return unrated({ key: 'risk.typeRulesClash', params });
  }
  const evidence: TypeEvidence = {
    kind: 'DERIVED_FROM_TYPE',
    table: version,
    match: ruleName(rule),
    why: rule.why,
  };
  if (rule.sheet === undefined) {
    return unrated({ key: 'risk.typeDoesNotTell', params: { type: subject.type, why: rule.why } }, evidence);
  }
  const rating = rate(rule.sheet, model, rule.floor === undefined ? floors : { ...floors, type: rule.floor });
  return rating.outcome === 'RATED'
    ? { ...rating, evidence, sheet: rule.sheet, facts: rule.facts ?? {} }
    : { ...rating, evidence };
}

/** The same type written in full width, or in other case, is the same type. */
export function normaliseType(type: string): string {
  return type.normalize('NFKC').trim().toLowerCase();
}

function mostSpecific(table: TypeTable, subject: TypedSubject): [TypeRule | undefined, TypeRule | undefined] {
  const type = normaliseType(subject.type);
  let best: TypeRule | undefined;
  let rival: TypeRule | undefined;
  let bestWeight = -1;
  for (const rule of table.types) {
    if (!fits(rule, type, subject)) continue;
    const weight = specificity(rule);
    if (weight > bestWeight) {
      [best, rival, bestWeight] = [rule, undefined, weight];
    } else if (weight === bestWeight) {
      rival = rule;
    }
  }
  return [best, rival];
}

function fits(rule: TypeRule, type: string, subject: TypedSubject): boolean {
  const match = matchOf(rule);
  if (match.endsWith('*') ? !type.startsWith(match.slice(0, -1)) : type !== match) return false;
  if (rule.when === undefined) return true;
  const { nameIncludes = [], codeStartsWith = [] } = rule.when;
  return (
    nameIncludes.some((part) => subject.name?.includes(part)) ||
    codeStartsWith.some((start) => subject.code?.startsWith(start))
  );
}

const matches = new WeakMap<TypeRule, string>();

/** Normalised once for each rule: a list of thousands asks every rule about every row. */
function matchOf(rule: TypeRule): string {
  let match = matches.get(rule);
  if (match === undefined) {
    match = normaliseType(rule.match);
    matches.set(rule, match);
  }
  return match;
}

function specificity({ match, when }: TypeRule): number {
  const exact = match.endsWith('*') ? 0 : 1000;
  return (when === undefined ? 0 : 10_000) + exact + match.length;
}

function ruleName({ match, when }: TypeRule): string {
  const conditions = [...(when?.nameIncludes ?? []), ...(when?.codeStartsWith ?? [])];
  return conditions.length === 0 ? match : `${match} (${conditions.join(', ')})`;
}

const texts = z.array(z.string().min(1)).min(1);
const typeTableSchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  model: z.string().min(1),
  source: texts,
  types: z
    .array(
      z.strictObject({
        match: z.string().min(1).max(200),
        when: z.strictObject({ nameIncludes: texts.optional(), codeStartsWith: texts.optional() }).optional(),
        sheet: z
          .strictObject({
            scores: z.record(z.string(), z.int().min(1).max(5)),
            leverageHundredths: z.int().min(100).optional(),
            valuationUnclear: z.boolean().optional(),
          })
          .optional(),
        floor: z.enum(RISK_LEVELS).optional(),
        facts: z.record(z.string(), z.string()).optional(),
        why: z.string().min(1),
      }),
    )
    .min(1),
});

/** Checks a type table against the factor model that it is for. Throws `RuleDataError` naming every problem. */
export function loadTypeTable(input: unknown, model: FactorModel): TypeTable {
  const parsed = typeTableSchema.safeParse(input);
  if (!parsed.success) throw new RuleDataError('Type table', schemaProblems(parsed.error));
  const table = parsed.data as TypeTable;
  const problems: RuleProblem[] = [];
  const modelVersion = `${model.id}@${model.version}`;
  if (table.model !== modelVersion) {
    problems.push({
      path: 'model',
      message: `the table is for ${table.model}, but the model in force is ${modelVersion}`,
    });
  }
  const seen = new Map<string, number>();
  for (const [index, rule] of table.types.entries()) {
    const path = `types.${index} (${rule.match})`;
    const key = JSON.stringify([normaliseType(rule.match), rule.when ?? null]);
    const first = seen.get(key);
    if (first !== undefined) problems.push({ path, message: `repeats types.${first}: remove one` });
    seen.set(key, index);
    if (rule.sheet === undefined) {
      if (rule.floor !== undefined)
        problems.push({ path, message: 'a type without a sheet is unrated: remove its floor' });
      continue;
    }
    const rating = rate(rule.sheet, model);
    if (rating.outcome === 'UNRATED') {
      const wrong = rating.reasons.map((reason) =>
        `${reason.key} ${Object.values(reason.params).join(' ')}`.trim(),
      );
      problems.push({ path, message: `its sheet cannot be rated: ${wrong.join(', ')}` });
    }
  }
  if (problems.length > 0) throw new RuleDataError(`Type table ${table.id}@${table.version}`, problems);
  return table;
}
