import { z } from 'zod';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';
import type { RuleProblem } from '../explain/rule-data.ts';
import { RISK_CATEGORIES, RISK_LEVELS } from '../risk/levels.ts';
import type { RiskLevel } from '../risk/levels.ts';
import { OUTCOMES } from './facts.ts';
import type { JsonFacts, Outcome, SuitabilityDimension } from './facts.ts';

export const MATRIX_ROWS = ['C1_LOWEST', ...RISK_CATEGORIES, 'PROFESSIONAL'] as const;
export type MatrixRow = (typeof MATRIX_ROWS)[number];
export const CORE_DIMENSIONS = [
  'risk',
  'term',
  'kind',
  'return',
  'value',
  'channel',
  'region',
  'age',
] as const;
export const STATED_DIMENSIONS = ['term', 'kind', 'return'] as const;

/** A legal condition. STATE: what was verified of the client; REGION: the client's region against the product's. */
export interface EligibilityRule {
  readonly code: string;
  readonly by: 'STATE' | 'REGION';
  readonly title: { readonly zh: string; readonly en: string };
}

export const DUE = ['BEFORE_RESERVATION', 'AFTER_SALE'] as const;

/** What must be done beside the outcome. All conditions given must hold. */
export interface DutyRule {
  readonly code: string;
  readonly due: (typeof DUE)[number];
  /** Source of the duty. */
  readonly source: string;
  readonly text: { readonly zh: string; readonly en: string };
  /** Hours that must pass, for a cooling time. */
  readonly hours?: number;
  /** Code of the duty that must be done first. */
  readonly after?: string;
  readonly when: {
    readonly client?: 'ORDINARY' | 'PROFESSIONAL';
    readonly nature?: 'FINANCIAL' | 'SERVICE';
    readonly outcomes?: readonly Outcome[];
    readonly highRisk?: true;
    readonly nonPublic?: true;
    readonly channels?: readonly string[];
    readonly ageFrom?: number;
  };
}

/** A named set of suitability rules as versioned data. */
export interface PolicyPack {
  readonly id: string;
  readonly version: number;
  readonly title: { readonly zh: string; readonly en: string };
  readonly source: readonly string[];
  readonly matrix: Readonly<Record<MatrixRow, Readonly<Record<RiskLevel, Outcome>>>>;
  /** Dimensions required by nature, where a kind does not say its own. */
  readonly dimensions: { readonly FINANCIAL: readonly string[]; readonly SERVICE: readonly string[] };
  /** Parameters of the dimensions that plugins add. */
  readonly params?: Readonly<Record<string, JsonFacts>>;
  /** Wishes (term, kind, return) that a professional need not have stated. */
  readonly professionalNeedsNoStatement: readonly string[];
  readonly eligibility: readonly EligibilityRule[];
  /** Needed for anything that may not be promoted publicly. */
  readonly nonPublicNeeds: readonly string[];
  /** From this level on a product counts as high-risk (article 20). */
  readonly highRiskFrom: RiskLevel;
  readonly duties: readonly DutyRule[];
  readonly validity: { readonly profileMonths: number; readonly ratingMonths: number };
}

/** A checked policy with the dimensions that plugins added: what decisions take. */
export interface Policy {
  readonly pack: PolicyPack;
  /** `id@version`. */
  readonly version: string;
  readonly extra: ReadonlyMap<string, SuitabilityDimension>;
  /** The pack's duties as decisions list them, built once: lists take decisions by the million. */
  readonly duties: readonly { readonly when: DutyRule['when']; readonly duty: Duty }[];
  readonly eligibilityBy: ReadonlyMap<string, EligibilityRule>;
  /** Code of the rule by REGION. */
  readonly regionCode: string;
}

/** A duty of a decision. */
export interface Duty {
  readonly code: string;
  readonly due: DutyRule['due'];
  /** Key of its text in the policy, `id@version/duty/CODE`: it names the version that was shown. */
  readonly text: string;
  readonly hours?: number;
  readonly after?: string;
}

/** Everything that is wrong with a policy pack, by place; empty when it can be used. */
export function validatePolicy(input: unknown, extra: readonly SuitabilityDimension[] = []): RuleProblem[] {
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) return schemaProblems(parsed.error);
  const pack = parsed.data as PolicyPack;
  return [
    ...matrixProblems(pack),
    ...dimensionProblems(pack, extra),
    ...eligibilityProblems(pack),
    ...dutyProblems(pack),
  ];
}

/** Checks a policy pack and binds it to its dimensions. Throws `RuleDataError` naming every problem. */
export function loadPolicy(input: unknown, extra: readonly SuitabilityDimension[] = []): Policy {
  const problems = validatePolicy(input, extra);
  if (problems.length > 0) throw new RuleDataError('Suitability policy', problems);
  const pack = input as PolicyPack;
  const version = `${pack.id}@${pack.version}`;
  return {
    pack,
    version,
    extra: new Map(extra.map((one) => [one.code, one])),
    duties: pack.duties.map(({ code, due, hours, after, when }) => ({
      when,
      duty: {
        code,
        due,
        text: `${version}/duty/${code}`,
        ...(hours === undefined ? {} : { hours }),
        ...(after === undefined ? {} : { after }),
      },
    })),
    eligibilityBy: new Map(pack.eligibility.map((rule) => [rule.code, rule])),
    regionCode: pack.eligibility.find((rule) => rule.by === 'REGION')?.code ?? '',
  };
}

const title = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const codes = z.array(z.string().min(1));
const cell = z.enum(['MATCH', 'WARN_REQUIRED', 'FORBIDDEN']);
const policySchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  title,
  source: codes.min(1),
  // A record over an enum demands every key: a missing cell is a problem with its own path.
  matrix: z.record(z.enum(MATRIX_ROWS), z.record(z.enum(RISK_LEVELS), cell)),
  dimensions: z.strictObject({ FINANCIAL: codes, SERVICE: codes }),
  params: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .optional(),
  professionalNeedsNoStatement: z.array(z.enum(STATED_DIMENSIONS)),
  eligibility: z.array(z.strictObject({ code: z.string().min(1), by: z.enum(['STATE', 'REGION']), title })),
  nonPublicNeeds: codes.min(1),
  highRiskFrom: z.enum(RISK_LEVELS),
  duties: z.array(
    z.strictObject({
      code: z.string().min(1),
      due: z.enum(DUE),
      source: z.string().min(1),
      text: title,
      hours: z.int().min(1).optional(),
      after: z.string().min(1).optional(),
      when: z.strictObject({
        client: z.enum(['ORDINARY', 'PROFESSIONAL']).optional(),
        nature: z.enum(['FINANCIAL', 'SERVICE']).optional(),
        outcomes: z.array(z.enum(OUTCOMES)).min(1).optional(),
        highRisk: z.literal(true).optional(),
        nonPublic: z.literal(true).optional(),
        channels: codes.min(1).optional(),
        ageFrom: z.int().min(0).max(150).optional(),
      }),
    }),
  ),
  validity: z.strictObject({ profileMonths: z.int().min(1).max(60), ratingMonths: z.int().min(1).max(60) }),
});

function matrixProblems({ matrix }: PolicyPack): RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const row of MATRIX_ROWS) {
    for (const [index, level] of RISK_LEVELS.entries()) {
      const lower = RISK_LEVELS[index - 1];
      if (
        lower !== undefined &&
        OUTCOMES.indexOf(matrix[row][level]) < OUTCOMES.indexOf(matrix[row][lower])
      ) {
        problems.push({
          path: `matrix.${row}.${level}`,
          message: `may not be milder than ${lower} beside it`,
        });
      }
    }
  }
  return problems;
}

function dimensionProblems(pack: PolicyPack, extra: readonly SuitabilityDimension[]): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const core: readonly string[] = CORE_DIMENSIONS;
  const known = new Set(core);
  for (const { code } of extra) {
    if (known.has(code))
      problems.push({ path: `dimension ${code}`, message: 'is declared twice: rename one of them' });
    known.add(code);
  }
  for (const nature of ['FINANCIAL', 'SERVICE'] as const) {
    for (const [index, code] of pack.dimensions[nature].entries()) {
      const path = `dimensions.${nature}.${index}`;
      if (!known.has(code))
        problems.push({ path, message: `"${code}" is no dimension; known: ${[...known].join(', ')}` });
      if (pack.dimensions[nature].indexOf(code) !== index)
        problems.push({ path, message: `"${code}" stands twice` });
    }
  }
  if (!pack.dimensions.FINANCIAL.includes('risk')) {
    problems.push({ path: 'dimensions.FINANCIAL', message: 'must require "risk"' });
  }
  for (const code of Object.keys(pack.params ?? {})) {
    if (!known.has(code) || core.includes(code)) {
      problems.push({ path: `params.${code}`, message: 'is for no dimension that takes parameters' });
    }
  }
  return problems;
}

function eligibilityProblems({ eligibility, nonPublicNeeds }: PolicyPack): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const known = eligibility.map((rule) => rule.code);
  for (const [index, code] of known.entries()) {
    if (known.indexOf(code) !== index)
      problems.push({ path: `eligibility.${index}`, message: `"${code}" stands twice` });
  }
  if (eligibility.filter((rule) => rule.by === 'REGION').length !== 1) {
    problems.push({ path: 'eligibility', message: 'needs exactly one rule by REGION' });
  }
  for (const [index, code] of nonPublicNeeds.entries()) {
    if (!known.includes(code)) {
      problems.push({
        path: `nonPublicNeeds.${index}`,
        message: `"${code}" is no eligibility rule; known: ${known.join(', ')}`,
      });
    }
  }
  return problems;
}

function dutyProblems({ duties }: PolicyPack): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const known = duties.map((duty) => duty.code);
  for (const [index, { code, after, due }] of duties.entries()) {
    const path = `duties.${index} (${code})`;
    if (known.indexOf(code) !== index) problems.push({ path, message: 'stands twice' });
    if (after === undefined) continue;
    const first = duties.find((duty) => duty.code === after);
    if (first === undefined || first.code === code)
      problems.push({ path, message: `comes after "${after}", which is no other duty` });
    else if (first.due === 'AFTER_SALE' && due === 'BEFORE_RESERVATION') {
      problems.push({ path, message: `is due before "${after}", which it must follow` });
    }
  }
  return problems;
}
