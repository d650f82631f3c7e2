import type { Actor } from '../../access/actor.ts';
import { PlatformError } from '../../errors.ts';
import type { RequestContext, Resolvers } from '../../plugin/contract.ts';
import { explainPriceText } from '../../pricing/explain.ts';
import type { Billing, Currency } from '../../pricing/price-row.ts';
import type { Channel } from '../records.ts';
import { facetsAnswer, listingAnswer, notPurchasable, productAnswer, suitabilityAnswer } from './answers.ts';
import type { ListPage, ListQuestion } from './browse.ts';
import type { ListClient } from './client.ts';
import type { PriceAnswers } from './price-answers.ts';
import { browseService } from './service.ts';

type Page = ListPage<ListClient, unknown>;
/** A product's place in a page: what edges and items are made from. */
export interface PageItem {
  readonly page: Omit<Page, 'facets' | 'cursorAt'> & Partial<Pick<Page, 'facets' | 'cursorAt'>>;
  readonly slot: number;
}

interface ListArguments extends ListQuestion {
  readonly customerNo?: string | null;
  readonly minCatalogSeq?: number | null;
}
interface ProductArguments {
  readonly code: string;
  readonly customerNo?: string | null;
  readonly channel: Channel;
  readonly minCatalogSeq?: number | null;
}
export interface PriceArguments {
  readonly currency?: Currency | null;
  readonly billing?: Billing | null;
  readonly quantity: number;
}

export const browseResolvers: Resolvers = {
  Query: {
    browseProducts: (_: never, args: ListArguments, context: RequestContext) => {
      refuseOtherChannel(context.actor, args.channel);
      return context.service(browseService).list(args, args, context.at);
    },
    browseProduct: (_: never, args: ProductArguments, context: RequestContext) => findOne(args, context),
    explainPrice: async (
      _: never,
      args: ProductArguments & { quantity: number },
      context: RequestContext,
    ) => {
      const item = await findOne(args, context);
      if (!item) return null;
      const { page, slot } = item;
      const question = { channel: args.channel, quantity: args.quantity };
      const quoted = context
        .service(browseService)
        .browse.prices.quote(
          page.view.standingAt(slot),
          page.decided.client,
          question,
          context.at,
          page.view.snapshot.seq,
        );
      const en = explainPriceText(quoted, 'en');
      return { lines: explainPriceText(quoted, 'zh').map((zh, line) => ({ zh, en: en[line] })) };
    },
    explainOutcome: async (_: never, args: ProductArguments, context: RequestContext) => {
      const item = await findOne(args, context);
      return item ? { lines: item.page.decided.explain(item.page.view, item.slot) } : null;
    },
  },
  BrowseConnection: {
    edges: (page: Page) => itemsOf(page),
    pageInfo: (page: Page) => pageInfoOf(page),
    facets: (page: Page) => facetsAnswer(page.view, page.facets()),
    catalogSeq: (page: Page) => page.view.snapshot.seq,
  },
  BrowseEdge: {
    cursor: ({ page, slot }: { page: Page; slot: number }) => page.cursorAt(slot),
    node: (item: PageItem) => item,
  },
  BrowseItem: {
    product: ({ page, slot }: PageItem) => productAnswer(page.view, slot),
    price: ({ page, slot }: PageItem, args: PriceArguments, context: RequestContext) =>
      priceAsker(context.service(browseService).browse.prices, page, args).ask(page.view.standingAt(slot)),
    suitability: ({ page, slot }: PageItem) => suitabilityAnswer(page, slot) ?? null,
    purchasable: ({ page, slot }: PageItem) => notPurchasable(page.view, slot, page.channel) === undefined,
    notPurchasable: ({ page, slot }: PageItem) => notPurchasable(page.view, slot, page.channel) ?? null,
    listing: ({ page, slot }: PageItem) => listingAnswer(page.view, slot, page.channel),
  },
};

/** The token of a touchpoint asks for its own channel; staff and systems without one ask for any. */
export function mayAsk({ channel: own }: Actor, channel: Channel): boolean {
  return own === undefined || own === channel;
}

/** @throws FORBIDDEN */
export function refuseOtherChannel(actor: Actor, channel: Channel): void {
  if (!mayAsk(actor, channel))
    throw new PlatformError(
      'FORBIDDEN',
      `This token is the touchpoint ${actor.channel}'s and asks for that channel only, not for ${channel}.`,
      { status: 403 },
    );
}

export function pageInfoOf(page: Page): { hasNextPage: boolean; endCursor: string | null } {
  const last = page.slots[page.slots.length - 1];
  return { hasNextPage: page.hasNextPage, endCursor: last === undefined ? null : page.cursorAt(last) };
}

export function priceAsker<Client extends ListClient, Class>(
  prices: PriceAnswers,
  { decided, channel, at, view }: Pick<ListPage<Client, Class>, 'decided' | 'channel' | 'at' | 'view'>,
  { currency, billing, quantity }: PriceArguments,
) {
  return prices.asker(decided.client, { channel, currency, billing, quantity }, at, view.snapshot.seq);
}

function itemsOf(page: Page): PageItem[] {
  return Array.from(page.slots, (slot) => ({ page, slot }));
}

async function findOne(args: ProductArguments, context: RequestContext): Promise<PageItem | null> {
  refuseOtherChannel(context.actor, args.channel);
  const service = context.service(browseService);
  await service.atLeast(args.minCatalogSeq);
  const client = await service.client(args.customerNo, context.at);
  const page = service.browse.one(args.code, args.channel, client, context.at);
  return page ? { page, slot: page.slots[0]! } : null;
}
