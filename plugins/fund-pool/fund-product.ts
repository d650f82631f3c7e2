import type { NewProduct } from '../../core/catalog/drafts.ts';
import { ratingFromType } from '../../core/risk/derive.ts';
import type { FundRules } from './fund-types.ts';
import type { Fund } from './import/fund-row.ts';

/** The product that a listed fund becomes: free to hold, rated by its type where the table knows the type. */
export function fundProduct(
  { code, name, type, company, inceptionDate, fees }: Fund,
  { typeTable, model }: FundRules,
  at: Date,
): { readonly product: NewProduct; readonly rated: boolean } {
  const derived = ratingFromType(typeTable, model, { type, name, code }, {}, at);
  const attributes = {
    fundType: type,
    ...(company === undefined ? {} : { company }),
    ...(inceptionDate === undefined ? {} : { inceptionDate }),
    ...fees,
    ...(derived.facts ?? {}),
  };
  const product: NewProduct = {
    code,
    kind: 'fund',
    content: { name: { zh: name }, attributes },
    prices: [{ currency: 'CNY', amountMinor: 0, billing: 'ONCE' }],
    ...('rating' in derived ? { rating: derived.rating } : {}),
  };
  return { product, rated: 'rating' in derived };
}
