import { z } from 'zod';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';
import type { RuleProblem } from '../explain/rule-data.ts';
import { RISK_LEVELS } from './levels.ts';
import type { RiskLevel } from './levels.ts';

export interface RiskFactor {
  readonly code: string;
  /** Per cent; the weights of a model sum to 100. */
  readonly weight: number;
  readonly title: { readonly zh: string; readonly en: string };
}

/** How products are rated: factors scored 1–5, bands over the weighted sum, floors by leverage, and validity. */
export interface FactorModel {
  readonly id: string;
  readonly version: number;
  readonly source: readonly string[];
  readonly factors: readonly RiskFactor[];
  /** Rising; a sum of weight × score below `below` is of this level. The last has no `below`. */
  readonly bands: readonly { readonly level: RiskLevel; readonly below?: number }[];
  /** Structural leverage in hundredths (100 is 1×, none). Absent where the model knows no leverage. */
  readonly leverage?: {
    readonly floors: readonly {
      readonly level: RiskLevel;
      readonly aboveHundredths?: number;
      readonly fromHundredths?: number;
    }[];
    /** Floor of a product whose valuation is unclear. */
    readonly unclearValuation: RiskLevel;
  };
  /** A rating is to be renewed after so many months. */
  readonly validityMonths: number;
}

const level = z.enum(RISK_LEVELS);
const title = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const factorModelSchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  source: z.array(z.string().min(1)).min(1),
  factors: z
    .array(z.strictObject({ code: z.string().min(1), weight: z.int().min(1).max(100), title }))
    .min(1),
  bands: z.array(z.strictObject({ level, below: z.int().min(101).max(500).optional() })).min(2),
  leverage: z
    .strictObject({
      floors: z.array(
        z
          .strictObject({
            level,
            aboveHundredths: z.int().min(100).optional(),
            fromHundredths: z.int().min(100).optional(),
          })
          .refine((floor) => (floor.aboveHundredths === undefined) !== (floor.fromHundredths === undefined), {
            message: 'give either aboveHundredths or fromHundredths',
          }),
      ),
      unclearValuation: level,
    })
    .optional(),
  validityMonths: z.int().min(1).max(60),
});

/** Checks a factor model from outside. Throws `RuleDataError` with every problem; nothing is repaired. */
export function loadFactorModel(input: unknown): FactorModel {
  const parsed = factorModelSchema.safeParse(input);
  if (!parsed.success) throw new RuleDataError('Factor model', schemaProblems(parsed.error));
  const model = parsed.data as FactorModel;
  const problems = modelProblems(model);
  if (problems.length > 0) throw new RuleDataError(`Factor model ${model.id}@${model.version}`, problems);
  return model;
}

function modelProblems(model: FactorModel): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const weights = model.factors.reduce((sum, factor) => sum + factor.weight, 0);
  if (weights !== 100)
    problems.push({ path: 'factors', message: `weights sum to ${weights}, they must sum to 100` });
  const codes = new Set<string>();
  for (const { code } of model.factors) {
    if (codes.has(code))
      problems.push({ path: `factors.${code}`, message: 'the factor stands twice, remove one' });
    codes.add(code);
  }
  for (const [index, band] of model.bands.entries()) {
    const last = index === model.bands.length - 1;
    const path = `bands.${index}`;
    if (band.level !== RISK_LEVELS[index])
      problems.push({ path, message: `must be of level ${RISK_LEVELS[index]}` });
    if (last !== (band.below === undefined))
      problems.push({ path, message: 'all bands but the last need "below"' });
    const previous = model.bands[index - 1]?.below;
    if (band.below !== undefined && previous !== undefined && band.below <= previous) {
      problems.push({ path, message: `"below" must be greater than ${previous} of the band before` });
    }
  }
  if (model.bands.length !== RISK_LEVELS.length) {
    problems.push({ path: 'bands', message: `needs one band for each of ${RISK_LEVELS.join(', ')}` });
  }
  return problems;
}
