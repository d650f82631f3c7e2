import { systemActor } from '../../core/access/actor.ts';
import { catalogService } from '../../core/catalog/service.ts';
import { rating } from './catalog.ts';
import type { House } from './house.ts';

/** Puts an SMS package on sale by SMS and in the app, by two people; points are for a month. */
export async function smsPackageOnSale(
  house: House,
  { code, keyword, name, points }: { code: string; keyword: string; name: string; points: number },
): Promise<string> {
  const host = house.platform.app.hosts.core;
  const catalog = host.service(catalogService);
  const actor = systemActor('test');
  const known = (await catalog.tree('categories')).find((node) => node.code === 'sms-test');
  const made =
    known ??
    (await catalog.createNode(actor, 'categories', {
      code: 'sms-test',
      name: { zh: '短信', en: 'SMS' },
    }));
  const categoryId = '_id' in made ? made._id : 'node' in made ? made.node._id : undefined;
  if (categoryId === undefined) throw new Error(`The category was refused: ${JSON.stringify(made)}`);
  const saved = await catalog.createProduct(actor, {
    code,
    kind: 'sms-package',
    content: {
      name: { zh: name, en: code },
      categoryId,
      attributes: { keyword, schedule: 'TRADING_DAY', opinion: false },
    },
    prices: [{ currency: 'POINTS', amountMinor: points, billing: 'MONTH' }],
    rating: rating('R1', host.clock.now()),
  });
  if (!('productId' in saved)) throw new Error(`${code} was refused: ${JSON.stringify(saved)}`);
  const { id } = await house.product(code);
  await house.approve((await house.submit({ ids: [id] })).approvals);
  const listing = await house.list({ ids: [id] }, ['SMS', 'APP']);
  if (listing.refusedCount > 0) throw new Error(`${code} is not listed: ${JSON.stringify(listing.refused)}`);
  await house.approve(listing.approvals);
  return code;
}
