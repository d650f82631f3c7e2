import { collectionOf, type ModelSource } from '../../core/db/collection.ts';
import { CATALOG, type ProductRecord } from '../../core/catalog/records.ts';

/** How many products a database holds of which a test says yes. */
export async function countProducts(
  source: ModelSource,
  wanted: (product: ProductRecord) => boolean = () => true,
): Promise<number> {
  const all = await collectionOf<ProductRecord>(source, CATALOG.products).find({}).toArray();
  return all.filter(wanted).length;
}
