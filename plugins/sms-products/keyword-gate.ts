import { catalogService } from '../../core/catalog/service.ts';
import { browseService } from '../../core/catalog/browse/service.ts';
import type { Host, Reason } from '../../core/plugin/contract.ts';
import { PACKAGE_KIND, QUERY_KIND } from './kinds.ts';

/** Against two products with one keyword: a client who sends it means one. */
export async function keywordsTaken(
  productIds: readonly string[],
  host: Host,
  at: Date,
): Promise<ReadonlyMap<string, Reason[]>> {
  const products = await host.service(catalogService).productsAt(productIds, at);
  const own = [...products.values()].filter(({ product }) =>
    [PACKAGE_KIND, QUERY_KIND].includes(product.kind),
  );
  const reasons = new Map<string, Reason[]>();
  const codes = new Map<string, string>();
  for (const { product, version } of own) {
    const keyword = version?.content.attributes.keyword;
    if (typeof keyword !== 'string') continue;
    const other = codes.get(keyword) ?? listedWith(host, keyword, at).find((code) => code !== product.code);
    codes.set(keyword, product.code);
    if (other !== undefined) reasons.set(product._id, [taken(keyword, other)]);
  }
  return reasons;
}

/** Codes of the products on show by SMS that a keyword names, whoever asks. */
export function listedWith(host: Host, keyword: string, at: Date): string[] {
  const { browse } = host.service(browseService);
  const page = browse.list(
    {
      channel: 'SMS',
      first: 5,
      sort: 'CODE',
      mode: 'BROWSE',
      filter: {
        kinds: [PACKAGE_KIND, QUERY_KIND],
        attributes: [{ attribute: 'keyword', values: [keyword] }],
      },
    },
    undefined,
    at,
  );
  return Array.from(page.slots, (slot) => page.view.rowsAt(slot).product.code);
}

function taken(keyword: string, other: string): Reason {
  return {
    code: 'SMS_KEYWORD_TAKEN',
    text: {
      zh: `编号 ${keyword} 已由产品 ${other} 使用，请换一个编号。`,
      en: `The keyword ${keyword} belongs to ${other} already. Choose another.`,
    },
    path: 'attributes.keyword',
  };
}
