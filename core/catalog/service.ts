import type { Actor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { createProduct, saveDraft, type DraftInput, type DraftSaved, type NewProduct } from './drafts.ts';
import { importProducts, type ImportedProducts, type ImportOptions } from './import.ts';
import { allKinds } from './kinds.ts';
import { proposeListing } from './listing.ts';
import { loadNewestVersions, loadProducts } from './loading.ts';
import type { BulkOptions, BulkResult, Refused } from './outcome.ts';
import { publish, publishIn, type Published } from './publish.ts';
import { productsAt, versionsOf, type ProductAt } from './reading.ts';
import {
  CATALOG,
  type CategoryRecord,
  type KindRecord,
  type ProductRecord,
  type VersionRecord,
} from './records.ts';
import { changeSale, type DirectCommand } from './sale.ts';
import { submitProducts, takeFromReview } from './submission.ts';
import {
  changeNode,
  createNode,
  loadTree,
  type NewNode,
  type NodeChange,
  type NodeSaved,
  type Tree,
} from './trees.ts';
import type { ChannelWindows } from './windows.ts';
import { collection } from './collections.ts';

/** The write side of the catalogue, and what staff read of it from the database. */
export interface CatalogService {
  createProduct(actor: Actor, input: NewProduct): Promise<DraftSaved | Refused>;
  saveDraft(
    actor: Actor,
    productId: string,
    input: DraftInput,
    expectedRevision?: number,
  ): Promise<DraftSaved | Refused>;
  /** Drafts to review, in chunks of 500: one approval per chunk, an outcome per product. */
  submit(
    actor: Actor,
    productIds: readonly string[],
    reason: string,
    options?: BulkOptions,
  ): Promise<BulkResult>;
  /** Takes products out of review: by their maker (撤回) … */
  withdraw(
    actor: Actor,
    productIds: readonly string[],
    reason: string,
    options?: BulkOptions,
  ): Promise<BulkResult>;
  /** … or by a checker, some out of many; a whole submission is rejected by its approval. */
  reject(actor: Actor, productIds: readonly string[], reason: string): Promise<BulkResult>;
  /** Proposes listing, relisting or other windows; a second person approves. */
  proposeListing(
    actor: Actor,
    productIds: readonly string[],
    channels: readonly ChannelWindows[],
    reason: string,
    options?: BulkOptions,
  ): Promise<BulkResult>;
  /** At once, by one person with a reason. */
  changeSale(
    actor: Actor,
    command: DirectCommand,
    productIds: readonly string[],
    reason: string,
    options?: BulkOptions,
  ): Promise<BulkResult>;
  importProducts(
    actor: Actor,
    rows: readonly NewProduct[],
    options?: ImportOptions,
  ): Promise<ImportedProducts>;

  createNode(actor: Actor, tree: Tree, input: NewNode): Promise<NodeSaved | Refused>;
  changeNode(actor: Actor, tree: Tree, id: string, change: NodeChange): Promise<NodeSaved | Refused>;
  tree(tree: Tree): Promise<readonly CategoryRecord[]>;
  kinds(): Promise<readonly KindRecord[]>;

  /** A product at an instant, past or to come. */
  productAt(productId: string, at: Date): Promise<ProductAt | undefined>;
  productsAt(productIds: readonly string[], at: Date): Promise<ReadonlyMap<string, ProductAt>>;
  /** The newest version of each, draft included, by product id. */
  newestVersions(products: readonly ProductRecord[]): Promise<ReadonlyMap<string, VersionRecord>>;
  productByCode(code: string): Promise<ProductRecord | undefined>;
  productsById(productIds: readonly string[]): Promise<ReadonlyMap<string, ProductRecord>>;
  versions(productId: string): Promise<readonly VersionRecord[]>;

  /** A publishing transaction of its own; `work` writes rows that carry the number. */
  publish<T>(actor: Actor, work: (tx: Tx, seq: number) => Promise<T>): Promise<Published<T>>;
  /** The number inside a transaction that is open already, e.g. an approval's. */
  publishIn<T>(tx: Tx, work: (seq: number) => Promise<T>): Promise<T>;
}

export const catalogService = serviceToken<CatalogService>('core', 'catalog');

export function createCatalog(host: Host): CatalogService {
  return {
    createProduct: (actor, input) => createProduct(host, actor, input),
    saveDraft: (actor, id, input, revision) => saveDraft(host, actor, id, input, revision),
    submit: (actor, ids, reason, options) => submitProducts(host, actor, ids, reason, options),
    withdraw: (actor, ids, reason, options) => takeFromReview(host, actor, 'withdraw', ids, reason, options),
    reject: (actor, ids, reason) => takeFromReview(host, actor, 'reject', ids, reason),
    proposeListing: (actor, ids, channels, reason, options) =>
      proposeListing(host, actor, ids, channels, reason, options),
    changeSale: (actor, command, ids, reason, options) =>
      changeSale(host, actor, command, ids, reason, options),
    importProducts: (actor, rows, options) => importProducts(host, actor, rows, options),
    createNode: (actor, tree, input) => createNode(host, actor, tree, input),
    changeNode: (actor, tree, id, change) => changeNode(host, actor, tree, id, change),
    tree: async (tree) => [...(await loadTree(host, tree)).values()].sort(bySiblingOrder),
    kinds: async () => [...(await allKinds(host)).values()],
    productAt: async (id, at) => (await productsAt(host, [id], at)).get(id),
    productsAt: (ids, at) => productsAt(host, ids, at),
    newestVersions: (products) => host.snapshot((session) => loadNewestVersions(host, { session }, products)),
    productByCode: async (code) =>
      (await collection<ProductRecord>(host, CATALOG.products).findOne({ code })) ?? undefined,
    productsById: (ids) => host.snapshot((session) => loadProducts(host, { session }, ids)),
    versions: (id) => versionsOf(host, id),
    publish: (actor, work) => publish(host, actor, work),
    publishIn: (tx, work) => publishIn(tx, host, work),
  };
}

function bySiblingOrder(a: CategoryRecord, b: CategoryRecord): number {
  return a.order - b.order || (a.code < b.code ? -1 : 1);
}
