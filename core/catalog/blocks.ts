import type { Tx } from '../db/database.ts';
import { notFound } from '../errors.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { collection } from './collections.ts';
import { publishIn } from './publish.ts';
import { CATALOG, type Block, type BlockScope, type ProductRecord } from './records.ts';
import { writeTransitions } from './transitions.ts';

export interface PlaceBlock {
  readonly productId: string;
  readonly scope: BlockScope;
  readonly reason: string;
  /** Who places it and alone may lift it: a plugin or core feature. One block per owner and scope. */
  readonly owner: string;
}

/** Bars on products, placed by features: what binds, where a listing gate only warns beforehand. */
export interface BlocksService {
  /**
   * Writes the block into the product, so that it conflicts with a concurrent listing. A block on listing suspends a
   * product that is listed: nothing is ever both listed and barred. Placing it again replaces the reason.
   */
  place(tx: Tx, block: PlaceBlock): Promise<void>;
  /** Takes the block away; what it suspended stays suspended until somebody resumes it. False where there was none. */
  lift(tx: Tx, block: PlaceBlock): Promise<boolean>;
}

export const blocksService = serviceToken<BlocksService>('core', 'blocks');

export function createBlocks(host: Host): BlocksService {
  return {
    place: (tx, block) => publishIn(tx, host, (seq) => place(host, tx, seq, block)),
    lift: (tx, block) => lift(host, tx, block),
  };
}

async function place(host: Host, tx: Tx, seq: number, block: PlaceBlock): Promise<void> {
  const product = await find(host, tx, block.productId);
  const added: Block = { scope: block.scope, reason: block.reason, owner: block.owner, at: tx.at };
  await write(host, tx, seq, product, [...others(product, block), added]);
  note(tx, seq, 'product.blocked', block);
  if (block.scope === 'list' && product.sale === 'LISTED')
    await writeTransitions(
      host,
      tx,
      seq,
      { name: 'product.suspended', payload: {} },
      [{ product, to: 'SUSPENDED' }],
      block.reason,
    );
}

async function lift(host: Host, tx: Tx, block: PlaceBlock): Promise<boolean> {
  const product = await find(host, tx, block.productId);
  const left = others(product, block);
  if (left.length === product.blocks.length) return false;
  return publishIn(tx, host, async (seq) => {
    await write(host, tx, seq, product, left);
    note(tx, seq, 'product.unblocked', block);
    return true;
  });
}

function others(product: ProductRecord, { owner, scope }: Pick<Block, 'owner' | 'scope'>): Block[] {
  return product.blocks.filter((block) => block.owner !== owner || block.scope !== scope);
}

async function find(host: Host, tx: Tx, productId: string): Promise<ProductRecord> {
  const product = await collection<ProductRecord>(host, CATALOG.products).findOne(
    { _id: productId },
    { session: tx.session },
  );
  if (!product) throw notFound('product', productId);
  return product;
}

async function write(
  host: Host,
  tx: Tx,
  seq: number,
  product: ProductRecord,
  blocks: Block[],
): Promise<void> {
  await collection<ProductRecord>(host, CATALOG.products).updateOne(
    { _id: product._id },
    { $set: { blocks, seq, changedAt: tx.at }, $inc: { revision: 1 } },
    { session: tx.session },
  );
}

function note(tx: Tx, seq: number, name: string, block: PlaceBlock): void {
  const { productId, scope, owner, reason } = block;
  tx.trace({
    action: name,
    subject: { type: 'Product', id: productId },
    reason,
    details: { scope, owner, seq },
  });
  tx.publish({ name, key: 'catalog', payload: { seq, productId, scope, owner } });
}
