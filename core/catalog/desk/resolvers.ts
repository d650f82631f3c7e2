import DataLoader from 'dataloader';
import type { LocalizedText, RequestContext } from '../../plugin/contract.ts';
import { pricingService } from '../../pricing/token.ts';
import { toFilter, type FilterArg } from '../graphql-input.ts';
import type { CategoryRecord, PriceRowRecord, ProductRecord } from '../records.ts';
import { deskToken, type DeskSort, type DeskState } from './desk.ts';
import { deskPage, type DeskFacet } from './list.ts';
import { listPriceOf } from './list-price.ts';

interface ProductsArgs {
  readonly filter?: FilterArg | null;
  readonly first: number;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly sort: DeskSort;
  readonly descending: boolean;
}

/** The staff's list. */
export async function products(_: never, args: ProductsArgs, context: RequestContext) {
  const state = await stateOf(context);
  const { sort, descending, first } = args;
  const page = deskPage(state, {
    filter: toFilter(args.filter),
    sort,
    descending,
    first,
    after: args.after ?? undefined,
    before: args.before ?? undefined,
  });
  const edges = page.products.map(({ product, cursor }) => ({ node: product, cursor }));
  const { totalCount, position, without, facets } = page;
  const { kinds, categories, brands } = state.snapshot;
  return {
    edges,
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount,
    position,
    without,
    facets: {
      ...facets,
      kinds: facets.kinds.map((facet) => ({ ...facet, name: kinds.get(facet.value)?.record.name ?? null })),
      categories: nodeFacets(facets.categories, categories),
      brands: nodeFacets(facets.brands, brands),
    },
  };
}

/** Fields of a product that its list shows. */
export const deskFields = {
  changedAt: (product: ProductRecord) => product.changedAt ?? product.createdAt,
  level: async (product: ProductRecord, _: never, context: RequestContext) =>
    (await stateOf(context)).levelOf(product._id) ?? null,
  visibleOn: async (product: ProductRecord, _: never, context: RequestContext) =>
    (await stateOf(context)).visibleOn(product._id),
  listPrice: (product: ProductRecord, _: never, context: RequestContext) =>
    listPrices(context).load(product._id),
};

/** Facets count ids; filters and people take codes and names. A node that this process does not know yet is left out. */
function nodeFacets(facets: readonly DeskFacet<string>[], tree: ReadonlyMap<string, CategoryRecord>) {
  return facets.flatMap(({ value, count }): { value: string; name: LocalizedText; count: number }[] => {
    const node = tree.get(value);
    return node ? [{ value: node.code, name: node.name, count }] : [];
  });
}

const STATE = Symbol('desk');
const PRICES = Symbol('list prices');

function stateOf(context: RequestContext): Promise<DeskState> {
  return context.perRequest(STATE, () => context.service(deskToken).state(context.at));
}

function listPrices(context: RequestContext): DataLoader<string, PriceRowRecord | null> {
  return context.perRequest(PRICES, () => {
    const load = async (ids: readonly string[]) => {
      const { snapshot } = await stateOf(context);
      const rows = new Map<string, PriceRowRecord[]>(ids.map((id) => [id, []]));
      for (const row of await context.service(pricingService).rowsOf(ids)) rows.get(row.productId)!.push(row);
      const query = { at: context.at, knownSeq: snapshot.seq };
      return ids.map((id) => listPriceOf(rows.get(id) ?? [], query) ?? null);
    };
    return new DataLoader<string, PriceRowRecord | null>(load);
  });
}
