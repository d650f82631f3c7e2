import type { Actor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { chunksOf } from './collections.ts';
import { noProduct } from './drafts.ts';
import { nextSale } from './lifecycle.ts';
import { listBlocks } from './listing-facts.ts';
import { loadProducts } from './loading.ts';
import { abandon, orAbandoned, type BulkOptions, type BulkResult, type ProductOutcome } from './outcome.ts';
import { publish, PUBLICATION_PRODUCTS_MAX } from './publish.ts';
import type { ProductRecord } from './records.ts';
import { supersedeListings, writeTransitions, type Transition } from './transitions.ts';

const DIRECT = {
  suspend: 'product.suspended',
  resume: 'product.resumed',
  delist: 'product.delisted',
  archive: 'product.archived',
} as const;
export type DirectCommand = keyof typeof DIRECT;

/** Suspends, resumes, delists or archives at once, in chunks of at most 500 products. */
export async function changeSale(
  host: Host,
  actor: Actor,
  command: DirectCommand,
  productIds: readonly string[],
  reason: string,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const outcomes: ProductOutcome[] = [];
  let seq: number | undefined;
  for (const chunk of chunksOf([...new Set(productIds)], PUBLICATION_PRODUCTS_MAX)) {
    const result = await orAbandoned<BulkResult, BulkResult>(
      publish(host, actor, (tx, no) =>
        changeChunk(host, tx, no, { command, productIds: chunk, reason, ...options }),
      ).then((published) => published.result),
    );
    outcomes.push(...result.outcomes);
    seq = result.seq ?? seq;
  }
  return { outcomes, approvalIds: [], ...(seq === undefined ? {} : { seq }) };
}

interface SaleChange extends BulkOptions {
  readonly command: DirectCommand;
  readonly productIds: readonly string[];
  readonly reason: string;
}

async function changeChunk(
  host: Host,
  tx: Tx,
  seq: number,
  { command, productIds, reason, dryRun = false }: SaleChange,
): Promise<BulkResult> {
  const products = await loadProducts(host, tx, productIds);
  const transitions: Transition[] = [];
  const outcomes = productIds.map((productId): ProductOutcome => {
    const product = products.get(productId);
    if (!product) return { productId, code: '', refused: [noProduct()] };
    const move = { command, reason, approved: true, approvedSinceDelisting: false };
    const next = nextSale(product.sale, move);
    const refused = 'refused' in next ? [next.refused] : command === 'resume' ? listBlocks(product) : [];
    if (refused.length > 0) return { productId, code: product.code, refused };
    transitions.push({ product, to: (next as { to: ProductRecord['sale'] }).to });
    return { productId, code: product.code };
  });
  if (transitions.length === 0 || dryRun) abandon({ outcomes, approvalIds: [] } satisfies BulkResult);
  const ids = transitions.map(({ product }) => product._id);
  if (command === 'delist') await supersedeListings(host, tx, seq, ids);
  await writeTransitions(host, tx, seq, { name: DIRECT[command], payload: {} }, transitions, reason);
  return { outcomes, approvalIds: [], seq };
}
