import type { SuitabilityProduct } from '../suitability/facts.ts';
import type { ProductAt } from './reading.ts';
import type { KindRecord, VersionRecord } from './records.ts';

/** A product as suitability decides on it: its kind, the version in force and its rating. */
export function suitabilityProduct(
  { product, rating }: Pick<ProductAt, 'product' | 'rating'>,
  kind: Pick<KindRecord, 'nature' | 'publicOffer' | 'suitabilityDimensions'>,
  version: { readonly content: Pick<VersionRecord['content'], 'attributes'> },
): SuitabilityProduct {
  return {
    id: product._id,
    kind: product.kind,
    nature: kind.nature,
    nonPublic: !kind.publicOffer,
    ...suitabilityAttributes(version.content.attributes),
    ...(kind.suitabilityDimensions ? { dimensions: kind.suitabilityDimensions } : {}),
    ...(rating ? { rating: { id: rating._id, level: rating.level, validUntil: rating.validUntil } } : {}),
  };
}

/** Attributes with these names mean the same to suitability in every kind. */
export function suitabilityAttributes(
  attributes: Readonly<Record<string, unknown>>,
): Pick<SuitabilityProduct, 'term' | 'investmentKind' | 'returnGoal' | 'needs' | 'regions' | 'tierRankFrom'> {
  const { term, investmentKind, returnGoal, eligibilityNeeds, regions, tierRankFrom } =
    attributes as Partial<SuitabilityProduct> & {
      eligibilityNeeds?: readonly string[];
    };
  return {
    needs: eligibilityNeeds ?? [],
    ...(term === undefined ? {} : { term }),
    ...(investmentKind === undefined ? {} : { investmentKind }),
    ...(returnGoal === undefined ? {} : { returnGoal }),
    ...(regions === undefined ? {} : { regions }),
    ...(tierRankFrom === undefined ? {} : { tierRankFrom }),
  };
}
