import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { collection } from './collections.ts';
import { CATALOG, type ProductRecord, type VersionRecord } from './records.ts';

/** Products by id, as this transaction sees them; one round trip for all. */
export async function loadProducts(
  host: Host,
  tx: Pick<Tx, 'session'>,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, ProductRecord>> {
  const found = await collection<ProductRecord>(host, CATALOG.products)
    .find({ _id: { $in: [...productIds] } }, { session: tx.session })
    .toArray();
  return new Map(found.map((product) => [product._id, product]));
}

/** The newest version of each of these products, by product id. */
export async function loadNewestVersions(
  host: Host,
  tx: Pick<Tx, 'session'>,
  products: Iterable<ProductRecord>,
): Promise<ReadonlyMap<string, VersionRecord>> {
  const ids = [...products].map((product) => `${product._id}:${product.lastVersionNo}`);
  const found = await collection<VersionRecord>(host, CATALOG.versions)
    .find({ _id: { $in: ids } }, { session: tx.session })
    .toArray();
  return new Map(found.map((version) => [version.productId, version]));
}
