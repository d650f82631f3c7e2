import DataLoader from 'dataloader';
import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import { toRowInput, type PriceRowArg } from '../pricing/graphql-input.ts';
import { lifecycleOf } from './desk/lifecycle.ts';
import { deskFields, products } from './desk/resolvers.ts';
import { ratingOfKind } from '../risk/derive.ts';
import { factorModels } from '../risk/rule-data.ts';
import { toSheet, type SheetArg } from '../risk/graphql-input.ts';
import { attributesOf } from './attributes.ts';
import type { DraftInput, DraftSaved } from './drafts.ts';
import { byTypename, toBulkOutcome, toRefusal } from './graphql-answers.ts';
import {
  existingFields,
  present,
  productId,
  selectProducts,
  toDraft,
  toWindows,
  type DraftArg,
  type SelectionArg,
  type WindowsArg,
} from './graphql-input.ts';
import { kindMissing, readSale } from './kinds.ts';
import { isRefused, type Refused } from './outcome.ts';
import { below } from './parts.ts';
import type { ProductAt } from './reading.ts';
import type { CategoryRecord, KindRecord, ProductRecord, VersionRecord } from './records.ts';
import type { DirectCommand } from './sale.ts';
import { catalogService } from './service.ts';
import type { NodeSaved, Tree } from './trees.ts';

interface BulkArgs {
  readonly products: SelectionArg;
  readonly reason: string;
  readonly dryRun?: boolean;
}

interface DraftArgs extends DraftArg {
  readonly prices?: readonly PriceRowArg[] | null;
  readonly factorSheet?: SheetArg | null;
}

interface NodeArg {
  readonly code: string;
  readonly name: { readonly zh: string; readonly en?: string | null };
  readonly parentId?: string | null;
  readonly order: number;
}

type NodeChangeArg = { readonly [K in 'name' | 'parentId' | 'order']?: NodeArg[K] | null };

export const catalogResolvers: Resolvers = {
  Query: { products, product, productKinds, categories: tree('categories'), brands: tree('brands') },
  Mutation: {
    createProduct: async (
      _: never,
      { input }: { input: { code: string; kind: string; draft: DraftArgs } },
      context: RequestContext,
    ) => {
      const draft = await readDraft(input.kind, input.draft, context);
      if (isRefused(draft)) return toRefusal(draft);
      const { code, kind } = input;
      const service = context.service(catalogService);
      return toSaved(await service.createProduct(context.actor, { code, kind, ...draft }), context);
    },
    saveDraft: async (
      _: never,
      args: { productId: string; input: DraftArgs; expectedRevision?: number | null },
      context: RequestContext,
    ) => {
      const service = context.service(catalogService);
      const id = productId(args.productId);
      const kind = (await service.productsById([id])).get(id)?.kind ?? '';
      const draft = await readDraft(kind, args.input, context);
      if (isRefused(draft)) return toRefusal(draft);
      const revision = args.expectedRevision ?? undefined;
      return toSaved(await service.saveDraft(context.actor, id, draft, revision), context);
    },
    submitProducts: bulk((service, context, ids, { reason, dryRun = false }) =>
      service.submit(context.actor, ids, reason, { dryRun }),
    ),
    withdrawProducts: bulk((service, context, ids, { reason, dryRun = false }) =>
      service.withdraw(context.actor, ids, reason, { dryRun }),
    ),
    rejectProducts: bulk((service, context, ids, { reason }) => service.reject(context.actor, ids, reason)),
    listProducts: bulk<BulkArgs & { channels: readonly WindowsArg[] }>(
      (service, context, ids, { channels, reason, dryRun = false }) =>
        service.proposeListing(context.actor, ids, channels.map(toWindows), reason, { dryRun }),
    ),
    delistProducts: direct('delist'),
    suspendProducts: direct('suspend'),
    resumeProducts: direct('resume'),
    archiveProducts: direct('archive'),
    createCategory: createNode('categories'),
    createBrand: createNode('brands'),
    changeCategory: changeNode('categories'),
    changeBrand: changeNode('brands'),
  },
  CatalogProduct: {
    id: (product: ProductRecord) => toGlobalId('Product', product._id),
    kind: async (product: ProductRecord, _: never, context: RequestContext) =>
      (await kindsOf(context)).get(product.kind) ?? null,
    sale: async (product: ProductRecord, _: never, context: RequestContext) =>
      readSale(product, await kindsOf(context)).sale,
    saleBecause: async (product: ProductRecord, _: never, context: RequestContext) =>
      readSale(product, await kindsOf(context)).because ?? null,
    review: (product: ProductRecord) => product.lastReview,
    newestVersion: (product: ProductRecord, _: never, context: RequestContext) =>
      newestVersions(context).load(product),
    versions: (product: ProductRecord, _: never, context: RequestContext) =>
      context.service(catalogService).versions(product._id),
    state: (product: ProductRecord, { asOf }: { asOf?: Date | null }, context: RequestContext) =>
      statesAt(context, asOf ?? context.at).load(product._id),
    catalogSeq: (product: ProductRecord) => product.seq,
    ...deskFields,
    lifecycle: async (product: ProductRecord, _: never, context: RequestContext) =>
      lifecycleOf(readSale(product, await kindsOf(context)).sale, product.lastReview),
  },
  CatalogProductState: {
    version: (state: ProductAt) => state.version ?? null,
    rating: (state: ProductAt) => state.rating ?? null,
    listings: (state: ProductAt) =>
      state.channels.map(({ listing, visible, purchasable }) => ({ ...listing, visible, purchasable })),
  },
  ProductVersion: {
    id: (version: VersionRecord) => toGlobalId('ProductVersion', version._id),
    name: ({ content }: VersionRecord) => content.name,
    summary: ({ content }: VersionRecord) => content.summary ?? null,
    categoryId: ({ content }: VersionRecord) =>
      content.categoryId ? toGlobalId('Category', content.categoryId) : null,
    brandId: ({ content }: VersionRecord) => (content.brandId ? toGlobalId('Brand', content.brandId) : null),
    attributes: ({ content }: VersionRecord) => content.attributes,
    ...existingFields,
    maker: ({ maker }: VersionRecord) => maker.name,
    submittedBy: ({ submittedBy }: VersionRecord) => submittedBy?.name ?? null,
    checker: ({ checker }: VersionRecord) => checker?.name ?? null,
    approvalId: ({ approvalId }: VersionRecord) => (approvalId ? toGlobalId('Approval', approvalId) : null),
  },
  ProductKind: {
    code: (kind: KindRecord) => kind._id,
    schema: (kind: KindRecord) => kind.attributes,
    attributes: attributesOf as never,
    gone: (kind: KindRecord) => kind.gone === true,
  },
  Category: {
    id: ({ _id, tree: of }: TreeNode) => toGlobalId(TYPE_OF[of], _id),
    parentId: ({ parentId, tree: of }: TreeNode) => (parentId ? toGlobalId(TYPE_OF[of], parentId) : null),
  },
  SaveDraftResult: byTypename,
  SaveCategoryResult: byTypename,
};

type TreeNode = CategoryRecord & { readonly tree: Tree };

const TYPE_OF = { categories: 'Category', brands: 'Brand' } as const satisfies Record<Tree, string>;

async function product(
  _: never,
  { id, code }: { id?: string | null; code?: string | null },
  context: RequestContext,
) {
  const service = context.service(catalogService);
  if (id != null) {
    const inner = productId(id);
    return (await service.productsById([inner])).get(inner) ?? null;
  }
  return code == null ? null : ((await service.productByCode(code)) ?? null);
}

async function productKinds(_: never, __: never, context: RequestContext) {
  return [...(await kindsOf(context)).values()];
}

function tree(of: Tree) {
  return async (_: never, __: never, context: RequestContext) =>
    (await context.service(catalogService).tree(of)).map((node) => ({ ...node, tree: of }));
}

function bulk<Args extends BulkArgs>(
  run: (
    service: ReturnType<typeof serviceOf>,
    context: RequestContext,
    ids: readonly string[],
    args: Args,
  ) => ReturnType<ReturnType<typeof serviceOf>['submit']>,
) {
  return async (_: never, args: Args, context: RequestContext) => {
    const ids = await selectProducts(args.products, context);
    return toBulkOutcome(await run(serviceOf(context), context, ids, args));
  };
}

function direct(command: DirectCommand) {
  return bulk((service, context, ids, { reason, dryRun = false }) =>
    service.changeSale(context.actor, command, ids, reason, { dryRun }),
  );
}

function createNode(of: Tree) {
  return async (_: never, { input }: { input: NodeArg }, context: RequestContext) => {
    const { code, name, parentId, order } = input;
    const parent = parentId == null ? {} : { parentId: fromGlobalId(TYPE_OF[of], parentId) };
    const node = { code, name: { zh: name.zh, en: name.en ?? name.zh }, order, ...parent };
    return toNode(of, await serviceOf(context).createNode(context.actor, of, node));
  };
}

function changeNode(of: Tree) {
  return async (_: never, args: { id: string; input: NodeChangeArg }, context: RequestContext) => {
    const { name, parentId, order } = args.input;
    const change = {
      ...present({ order }),
      ...(name ? { name: { zh: name.zh, en: name.en ?? name.zh } } : {}),
      ...(parentId === undefined
        ? {}
        : { parentId: parentId === null ? null : fromGlobalId(TYPE_OF[of], parentId) }),
    };
    const id = fromGlobalId(TYPE_OF[of], args.id);
    return toNode(of, await serviceOf(context).changeNode(context.actor, of, id, change));
  };
}

function toNode(of: Tree, result: NodeSaved | Refused) {
  if (isRefused(result)) return toRefusal(result);
  return { __typename: 'CategorySaved', node: { ...result.node, tree: of }, catalogSeq: result.seq };
}

/** The draft as the service takes it; a factor sheet is rated here, by the model of the product's kind. */
async function readDraft(
  kindCode: string,
  input: DraftArgs,
  context: RequestContext,
): Promise<DraftInput | Refused> {
  const draft = {
    ...toDraft(input),
    ...(input.prices == null ? {} : { prices: input.prices.map(toRowInput) }),
  };
  if (input.factorSheet == null) return draft;
  const kind = (await kindsOf(context)).get(kindCode);
  if (!kind) return { refused: [kindMissing(kindCode)] };
  const derived = ratingOfKind(
    kind,
    toSheet(input.factorSheet),
    context.service(factorModels).of(kind.nature),
    context.at,
  );
  if ('reasons' in derived) return { refused: below('factorSheet', derived.reasons) };
  return { ...draft, rating: derived.rating };
}

async function toSaved(result: DraftSaved | Refused, context: RequestContext) {
  if (isRefused(result)) return toRefusal(result);
  const saved = await serviceOf(context).productsById([result.productId]);
  return {
    __typename: 'DraftSaved',
    product: saved.get(result.productId),
    versionNo: result.versionNo,
  };
}

function serviceOf(context: RequestContext) {
  return context.service(catalogService);
}

const KINDS = Symbol('kinds');
const NEWEST = Symbol('newest versions');
const STATES = Symbol('states');

async function kindsOf(context: RequestContext): Promise<ReadonlyMap<string, KindRecord>> {
  const kinds = await context.perRequest(KINDS, () => serviceOf(context).kinds());
  return new Map(kinds.map((kind) => [kind._id, kind]));
}

function newestVersions(context: RequestContext): DataLoader<ProductRecord, VersionRecord, string> {
  const load = async (batch: readonly ProductRecord[]) => {
    const versions = await serviceOf(context).newestVersions(batch);
    return batch.map(({ _id }) => versions.get(_id) ?? new Error(`Product ${_id} has no version.`));
  };
  return context.perRequest(NEWEST, () => new DataLoader(load, { cacheKeyFn: ({ _id }) => _id }));
}

/** One loader per instant asked for, so that a page of products costs one round of reads. */
function statesAt(context: RequestContext, at: Date): DataLoader<string, ProductAt | null> {
  const loaders = context.perRequest(STATES, () => new Map<number, DataLoader<string, ProductAt | null>>());
  const known = loaders.get(at.getTime());
  if (known) return known;
  const loader = new DataLoader<string, ProductAt | null>(async (ids) => {
    const states = await serviceOf(context).productsAt(ids, at);
    return ids.map((id) => states.get(id) ?? null);
  });
  loaders.set(at.getTime(), loader);
  return loader;
}
