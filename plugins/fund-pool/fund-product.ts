import type { NewProduct } from '../../core/catalog/drafts.ts';
import { factorModelFor, ratingFromType } from '../../core/risk/derive.ts';
import type { TypeTable } from '../../core/risk/type-table.ts';
import type { Fund } from './import/fund-row.ts';

/** The product that a listed fund becomes: free to hold, rated by its type where the table knows the type. */
export function fundProduct(
  { code, name, type, company, inceptionDate, fees }: Fund,
  typeTable: TypeTable,
  at: Date,
): { readonly product: NewProduct; readonly rated: boolean } {
  const derived = ratingFromType(typeTable, factorModelFor('FINANCIAL'), { type, name, code }, {}, at);
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
