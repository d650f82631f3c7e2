import type { CatalogService } from '../../../core/catalog/service.ts';
import { browseService } from '../../../core/catalog/browse/service.ts';
import { notPurchasable, productAnswer, suitabilityAnswer } from '../../../core/catalog/browse/answers.ts';
import { catalogService } from '../../../core/catalog/service.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { subscriptionService } from '../../../core/subscription/service.ts';
import type { DialogPrice, DialogProduct, DialogSubscription } from '../dialog.ts';
import { listedWith } from '../keyword-gate.ts';
import { PACKAGE_KIND } from '../kinds.ts';

/** Packages that one client holds at most in an answer. */
const HELD_MAX = 50;

/** The packages that clients hold, in the order in which they took them. */
export async function heldPackages(
  host: Host,
  partyIds: readonly string[],
  at: Date,
): Promise<DialogSubscription[]> {
  const catalog = host.service(catalogService);
  const held: DialogSubscription[] = [];
  for (const partyId of partyIds) {
    const { edges } = await host
      .service(subscriptionService)
      .subscriptions({ partyId, state: 'ACTIVE' }, { first: HELD_MAX });
    const packages = edges.map(({ node }) => node).filter(({ kind }) => kind === PACKAGE_KIND);
    const named = await namesOf(
      catalog,
      packages.map(({ productId }) => productId),
      at,
    );
    for (const { _id: subscriptionId, productId } of packages.reverse()) {
      const product = named.get(productId);
      if (product) held.push({ subscriptionId, partyId, ...product });
    }
  }
  return held;
}

async function namesOf(
  catalog: CatalogService,
  productIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, { readonly keyword: string; readonly name: string }>> {
  const named = new Map<string, { keyword: string; name: string }>();
  for (const [id, { version }] of await catalog.productsAt([...new Set(productIds)], at)) {
    const keyword = version?.content.attributes.keyword;
    if (typeof keyword === 'string') named.set(id, { keyword, name: version!.content.name.zh });
  }
  return named;
}

/**
 * The product that a keyword names for this client, as it is on show by SMS, with the price that they would pay. It has
 * no price where it cannot be had by SMS: not on sale, not a suitability match, no price, or two products of one keyword.
 */
export async function productNamed(
  host: Host,
  customerNo: string,
  keyword: string,
  at: Date,
): Promise<DialogProduct | undefined> {
  const [code, ...others] = listedWith(host, keyword, at);
  if (code === undefined || others.length > 0) return undefined;
  const service = host.service(browseService);
  const client = await service.client(customerNo, at);
  const page = service.browse.one(code, 'SMS', client, at);
  const slot = page?.slots[0];
  if (!page || slot === undefined) return undefined;
  const { view } = page;
  const answer = productAnswer(view, slot);
  const product: DialogProduct = {
    keyword,
    productCode: code,
    name: answer.name.zh,
    sort: answer.kind.code === PACKAGE_KIND ? 'PACKAGE' : 'QUERY',
  };
  const fits = suitabilityAnswer(page, slot)?.recommendable === true;
  if (!fits || notPurchasable(view, slot, 'SMS') !== undefined) return product;
  const price = priceOf(host, (currency) =>
    service.browse.prices
      .asker(client, { channel: 'SMS', currency, quantity: 1 }, at, view.snapshot.seq)
      .ask(view.standingAt(slot)),
  );
  return price ? { ...product, price } : product;
}

type Ask = (currency: 'POINTS' | 'CNY') => {
  readonly __typename: string;
  readonly amountMinor?: number;
  readonly currency?: 'POINTS' | 'CNY';
  readonly billing?: DialogPrice['billing'];
  readonly free?: boolean;
};

/** Points before money, where somebody takes them: an order paid in points needs nothing but the Y. */
function priceOf(host: Host, ask: Ask): DialogPrice | undefined {
  const methods = host.declared('paymentMethods');
  for (const currency of ['POINTS', 'CNY'] as const) {
    const { amountMinor, billing, free } = ask(currency);
    if (amountMinor === undefined || billing === undefined) continue;
    if (free === true) return { currency, amountMinor: 0, billing };
    if (methods.some(({ currencies }) => currencies.includes(currency)))
      return { currency, amountMinor, billing };
  }
  return undefined;
}
