import type { ExplainLine } from '../explain/line.ts';
import type { FactorModel } from './factor-model.ts';
import { isHigher } from './levels.ts';
import type { RiskLevel } from './levels.ts';

/** What staff (or a type table) say of a product, factor by factor. */
export interface FactorSheet {
  /** 1 (low) … 5 (high) by factor code. */
  readonly scores: Readonly<Record<string, number>>;
  /** Structural leverage in hundredths: 100 is 1×, none. Repo within statutory limits is not structural. */
  readonly leverageHundredths?: number;
  readonly valuationUnclear?: boolean;
}

export interface RatingFloors {
  /** The least level that the product's kind allows. */
  readonly kind?: RiskLevel;
  /** The least level of its type, from a type table. */
  readonly type?: RiskLevel;
  /** The rating that the product's own manager gave it. */
  readonly manager?: RiskLevel;
  /** Raised by staff, with maker and checker. Only a higher level counts. */
  readonly override?: RiskLevel;
}

export const RATING_SOURCES = [
  'BAND',
  'KIND',
  'TYPE',
  'LEVERAGE',
  'VALUATION',
  'MANAGER',
  'OVERRIDE',
] as const;
export type RatingSource = (typeof RATING_SOURCES)[number];

export interface Rated {
  readonly outcome: 'RATED';
  readonly level: RiskLevel;
  /** Sum of weight × score, 100–500. */
  readonly score: number;
  /** The level by score alone. */
  readonly bandLevel: RiskLevel;
  /** All that asked for a least level, in the order of `RATING_SOURCES`; the first is the band. */
  readonly floors: readonly { readonly source: RatingSource; readonly level: RiskLevel }[];
  /** The first source of the level given. */
  readonly decidedBy: RatingSource;
  readonly modelVersion: string;
  readonly reasons: readonly ExplainLine[];
}

export interface Unrated {
  readonly outcome: 'UNRATED';
  readonly modelVersion: string;
  readonly reasons: readonly ExplainLine[];
}

export type Rating = Rated | Unrated;

/**
 * Rates a product: the highest of its band, the floors of kind and type, the leverage floor, the manager's own rating
 * and an override. A sheet with a missing or impossible score gives no rating: nothing is assumed.
 */
export function rate(sheet: FactorSheet, model: FactorModel, floors: RatingFloors = {}): Rating {
  const modelVersion = `${model.id}@${model.version}`;
  const problems = sheetProblems(sheet, model);
  if (problems.length > 0) return { outcome: 'UNRATED', modelVersion, reasons: problems };
  const score = model.factors.reduce(
    (sum, { code, weight }) => sum + weight * (sheet.scores[code] ?? NaN),
    0,
  );
  const bandLevel = bandOf(score, model);
  const asked: { source: RatingSource; level: RiskLevel }[] = [{ source: 'BAND', level: bandLevel }];
  const ask = (source: RatingSource, level: RiskLevel | undefined) => {
    if (level !== undefined) asked.push({ source, level });
  };
  ask('KIND', floors.kind);
  ask('TYPE', floors.type);
  ask('LEVERAGE', leverageFloor(sheet.leverageHundredths, model));
  ask('VALUATION', sheet.valuationUnclear ? model.leverage?.unclearValuation : undefined);
  ask('MANAGER', floors.manager);
  ask('OVERRIDE', floors.override);
  let decided: { source: RatingSource; level: RiskLevel } = { source: 'BAND', level: bandLevel };
  for (const floor of asked) if (isHigher(floor.level, decided.level)) decided = floor;
  const reasons: ExplainLine[] = [
    { key: 'risk.score', params: { score, level: bandLevel, model: modelVersion } },
  ];
  for (const { source, level } of asked.slice(1)) {
    const key =
      source === 'OVERRIDE' && decided.source !== 'OVERRIDE'
        ? 'risk.overrideNotHigher'
        : `risk.floor.${source}`;
    reasons.push({ key, params: { level } });
  }
  reasons.push({ key: `risk.decided.${decided.source}`, params: { level: decided.level } });
  return {
    outcome: 'RATED',
    level: decided.level,
    score,
    bandLevel,
    floors: asked,
    decidedBy: decided.source,
    modelVersion,
    reasons,
  };
}

function bandOf(score: number, model: FactorModel): RiskLevel {
  for (const { level, below } of model.bands) if (below === undefined || score < below) return level;
  throw new Error(`Factor model ${model.id} has no last band`);
}

function leverageFloor(hundredths: number | undefined, model: FactorModel): RiskLevel | undefined {
  if (hundredths === undefined || model.leverage === undefined) return undefined;
  let highest: RiskLevel | undefined;
  for (const { level, aboveHundredths = Infinity, fromHundredths = Infinity } of model.leverage.floors) {
    const reached = hundredths > aboveHundredths || hundredths >= fromHundredths;
    if (reached && (highest === undefined || isHigher(level, highest))) highest = level;
  }
  return highest;
}

function sheetProblems(sheet: FactorSheet, model: FactorModel): ExplainLine[] {
  const problems: ExplainLine[] = [];
  const known = new Set(model.factors.map((factor) => factor.code));
  for (const code of known) {
    const score = sheet.scores[code];
    if (score === undefined) problems.push({ key: 'risk.factorMissing', params: { factor: code } });
    else if (!Number.isInteger(score) || score < 1 || score > 5) {
      problems.push({ key: 'risk.scoreOutOfRange', params: { factor: code, score } });
    }
  }
  for (const code of Object.keys(sheet.scores)) {
    if (!known.has(code)) problems.push({ key: 'risk.factorUnknown', params: { factor: code } });
  }
  if (model.leverage !== undefined) {
    const { leverageHundredths: hundredths } = sheet;
    if (hundredths === undefined) problems.push({ key: 'risk.leverageMissing', params: {} });
    else if (!Number.isSafeInteger(hundredths) || hundredths < 100) {
      problems.push({ key: 'risk.leverageOutOfRange', params: { hundredths } });
    }
  }
  return problems;
}
