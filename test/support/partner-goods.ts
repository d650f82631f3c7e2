import { systemActor } from '../../core/access/actor.ts';
import { catalogService } from '../../core/catalog/service.ts';
import type { House } from './house.ts';
import { decideMerchant } from './partner.ts';

/** Puts an educational good of a merchant on sale in the app, by two people each. */
export async function partnerGoodsOnSale(
  house: House,
  { code, merchantCode, points }: { code: string; merchantCode: string; points: number },
): Promise<string> {
  const host = house.platform.app.hosts.core;
  const catalog = host.service(catalogService);
  const actor = systemActor('test');
  await decideMerchant(host.hostOf('loyalty'), merchantCode);
  const category = await catalog.createNode(actor, 'categories', {
    code: 'partner-goods-test',
    name: { zh: '合作商品', en: 'Partner goods' },
  });
  if (!('node' in category)) throw new Error(`The category was refused: ${JSON.stringify(category)}`);
  const saved = await catalog.createProduct(actor, {
    code,
    kind: 'partner-goods',
    content: {
      name: { zh: '理财课程', en: 'A course on saving' },
      categoryId: category.node._id,
      attributes: { merchantCode, goodsClass: 'EDUCATION', delivery: 'ONLINE' },
    },
    prices: [{ currency: 'POINTS', amountMinor: points, billing: 'ONCE' }],
  });
  if (!('productId' in saved)) throw new Error(`${code} was refused: ${JSON.stringify(saved)}`);
  const { id } = await house.product(code);
  await house.approve((await house.submit({ ids: [id] })).approvals);
  const listing = await house.list({ ids: [id] }, ['APP']);
  if (listing.refusedCount > 0) throw new Error(`${code} is not listed: ${JSON.stringify(listing.refused)}`);
  await house.approve(listing.approvals);
  return code;
}
