import { sayLine, type ExplainLine } from '../explain/line.ts';
import type { Reason } from '../plugin/contract.ts';
import type { FactorModel } from './factor-model.ts';
import { RISK_MESSAGES_EN } from './messages.en.ts';
import { RISK_MESSAGES_ZH } from './messages.zh.ts';
import { rate, type FactorSheet, type Rated, type RatingFloors } from './rate.ts';
import type { RatingInput } from './token.ts';
import { rateByType, type TypeRating, type TypeTable, type TypedSubject } from './type-table.ts';
import { validUntil } from './validity.ts';

export type Derived = { readonly rating: RatingInput } | { readonly reasons: readonly Reason[] };

/** A rating from a factor sheet that staff filled in, or why the sheet gives none. */
export function ratingFromSheet(
  sheet: FactorSheet,
  model: FactorModel,
  floors: RatingFloors,
  at: Date,
): Derived {
  const rating = rate(sheet, model, floors);
  if (rating.outcome === 'UNRATED') return { reasons: rating.reasons.map(toReason) };
  return { rating: toInput(rating, 'FACTOR_SHEET', { sheet }, model, at) };
}

/** A rating from what a product's type says, with the table's rule as its evidence; or why the type tells none. */
export function ratingFromType(
  table: TypeTable,
  model: FactorModel,
  subject: TypedSubject,
  floors: RatingFloors,
  at: Date,
): Derived & { readonly facts?: Readonly<Record<string, string>> } {
  const rating: TypeRating = rateByType(table, model, subject, floors);
  if (rating.outcome === 'UNRATED') return { reasons: rating.reasons.map(toReason) };
  const { sheet, evidence, facts } = rating;
  return { rating: toInput(rating, 'DERIVED_FROM_TYPE', { sheet, evidence }, model, at), facts };
}

function toInput(
  rating: Rated,
  evidence: RatingInput['evidence'],
  basis: Record<string, unknown>,
  model: FactorModel,
  at: Date,
): RatingInput {
  const { level, score, modelVersion, bandLevel, floors, decidedBy, reasons } = rating;
  return {
    level,
    score,
    evidence,
    modelVersion,
    basis: { ...basis, bandLevel, floors, decidedBy, reasons },
    ratedAt: at,
    validUntil: validUntil(at, model.validityMonths),
  };
}

function toReason(line: ExplainLine): Reason {
  return {
    code: 'UNRATED',
    text: { zh: sayLine(line, RISK_MESSAGES_ZH), en: sayLine(line, RISK_MESSAGES_EN) },
    path: 'sheet',
  };
}

/** A factor sheet as staff state it, with the rating that the product's own manager gave it. */
export interface StatedSheet extends FactorSheet {
  readonly managerLevel?: RatingFloors['manager'];
}

/** A rating of a product of this kind from a sheet, at least the kind's floor. */
export function ratingOfKind(
  kind: { readonly riskFloor?: string },
  { managerLevel, ...sheet }: StatedSheet,
  model: FactorModel,
  at: Date,
): Derived {
  const floors: RatingFloors = {
    ...(kind.riskFloor === undefined ? {} : { kind: kind.riskFloor as NonNullable<RatingFloors['kind']> }),
    ...(managerLevel === undefined ? {} : { manager: managerLevel }),
  };
  return ratingFromSheet(sheet, model, floors, at);
}
