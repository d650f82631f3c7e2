import type { NewProduct } from '../catalog/drafts.ts';
import type { LocalizedText } from '../plugin/contract.ts';
import type { PriceRowInput } from '../pricing/input.ts';
import type { FactorModel } from '../risk/factor-model.ts';
import { rate } from '../risk/rate.ts';
import type { RatingInput } from '../risk/token.ts';
import { validUntil } from '../risk/validity.ts';
import { startOfBusinessDate } from '../time/business-day.ts';
import { shiftDate, yearsBefore } from './dates.ts';

/** A product of the sample as data; `@` marks what is only known when it is loaded. */
export interface SampleProduct {
  readonly kind: string;
  readonly code: string;
  readonly name: LocalizedText;
  readonly summary: LocalizedText;
  readonly brand: string;
  readonly category: string;
  /** A date-time `@14T09:00` is that hour so many days after loading. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** A scope's `@VIP` is the persona with that key. */
  readonly prices: readonly PriceRowInput[];
  /** Scores by factor, for the model of the kind's nature. */
  readonly sheet?: Readonly<Record<string, number>>;
  /** Structural leverage, 100 being none; financial kinds must state it. */
  readonly leverageHundredths?: number;
  /** The rating runs out so many minutes after loading: a product with an expired rating. */
  readonly ratingExpiresInMinutes?: number;
  /** Days from loading to the beginning of the windows; absent: at once. */
  readonly listing?: { readonly visibleFromDays: number; readonly purchasableFromDays: number };
  /** Stays a draft: something is missing. */
  readonly draftOnly?: boolean;
  readonly awkward?: 'SCHEDULED_TOMORROW' | 'RATING_EXPIRED' | 'DELISTED' | 'DRAFT_INCOMPLETE';
}

export interface LoadingContext {
  /** Shanghai date of loading. */
  readonly loadedOn: string;
  readonly at: Date;
  readonly natures: ReadonlyMap<string, 'FINANCIAL' | 'SERVICE'>;
  readonly models: { readonly FINANCIAL: FactorModel; readonly SERVICE: FactorModel };
  readonly categoryIds: ReadonlyMap<string, string>;
  readonly brandIds: ReadonlyMap<string, string>;
  /** Party ids of the personas by key. */
  readonly personas: ReadonlyMap<string, string>;
}

/** A sample product as the catalogue takes it, with its rating computed from its factor sheet. */
export function toNewProduct(product: SampleProduct, context: LoadingContext): NewProduct {
  const rating = product.sheet === undefined ? undefined : ratingOf(product, product.sheet, context);
  return {
    code: product.code,
    kind: product.kind,
    content: {
      name: product.name,
      summary: product.summary,
      categoryId: known(context.categoryIds, 'category', product.category),
      brandId: known(context.brandIds, 'brand', product.brand),
      attributes: Object.fromEntries(
        Object.entries(product.attributes).map(([name, value]) => [
          name,
          resolveDate(value, context.loadedOn),
        ]),
      ),
    },
    saleFrom: startOfBusinessDate(context.loadedOn),
    prices: product.prices.map((row) => toPriceRow(row, context)),
    ...(rating === undefined ? {} : { rating }),
  };
}

function ratingOf(
  product: SampleProduct,
  scores: Readonly<Record<string, number>>,
  { natures, models, loadedOn, at }: LoadingContext,
): RatingInput {
  const model = models[known(natures, 'kind', product.kind)];
  const { leverageHundredths } = product;
  const sheet = { scores, ...(leverageHundredths === undefined ? {} : { leverageHundredths }) };
  const rated = rate(sheet, model);
  if (rated.outcome === 'UNRATED') throw new Error(`The factor sheet of ${product.code} is not complete.`);
  const minutes = product.ratingExpiresInMinutes;
  const ratedOn = minutes === undefined ? loadedOn : yearsBefore(loadedOn, 1);
  const ratedAt = startOfBusinessDate(ratedOn);
  return {
    level: rated.level,
    score: rated.score,
    evidence: 'FACTOR_SHEET',
    modelVersion: rated.modelVersion,
    basis: { sheet, floors: rated.floors, decidedBy: rated.decidedBy },
    ratedAt,
    validUntil:
      minutes === undefined
        ? validUntil(ratedAt, model.validityMonths)
        : new Date(at.getTime() + minutes * 60_000),
  };
}

function toPriceRow(row: PriceRowInput, { personas, loadedOn }: LoadingContext): PriceRowInput {
  const ref = row.scope?.ref;
  const saleFrom = startOfBusinessDate(loadedOn);
  if (!row.scope || !ref?.startsWith('@')) return { ...row, saleFrom };
  return { ...row, saleFrom, scope: { ...row.scope, ref: known(personas, 'persona', ref.slice(1)) } };
}

function resolveDate(value: unknown, loadedOn: string): unknown {
  const match = typeof value === 'string' ? /^@(\d+)T(\d\d:\d\d)$/.exec(value) : null;
  return match ? `${shiftDate(loadedOn, Number(match[1]))}T${match[2]}:00+08:00` : value;
}

function known<T>(names: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = names.get(name);
  if (found === undefined) throw new Error(`The sample names the ${what} "${name}", which does not exist.`);
  return found;
}
