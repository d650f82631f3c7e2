import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { House } from '../../../test/support/house.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { accessService } from '../../../core/access/service.ts';
import { approvalService } from '../../../core/approval/service.ts';
import { countProducts } from '../../../test/support/products.ts';
import { readFirm } from '../../../core/sample/firm.ts';
import { fundPoolService } from '../service.ts';
import { POOLS } from '../pool.ts';
import { readFundsData } from './funds.ts';
import { loadFunds } from './load-funds.ts';

const STEPS = 5;
const data = readFundsData();
let house: House;

beforeAll(async () => {
  house = await House.start();
  // Stopped before every step in turn, as by a process that ends: each time it goes on where it was.
  for (let stopBefore = 1; stopBefore < STEPS; stopBefore++)
    await expect(load(stopBefore)).rejects.toThrow('stop');
  await load();
}, 120_000);
afterAll(() => house.stop());

function load(stopBefore = Infinity): Promise<void> {
  let step = 0;
  return loadFunds(house.platform.app.hosts.of('fund-pool'), () => {
    if (step++ === stopBefore) throw new Error('stop');
  });
}

const count = ({ sale }: { readonly sale?: string }) =>
  countProducts(
    house.platform.app.hosts.core,
    (product) => product.kind === 'fund' && (sale === undefined || product.sale === sale),
  );

async function everything() {
  const pools = house.platform.app.hosts.of('fund-pool').service(fundPoolService);
  const approvals = house.platform.app.hosts.core.service(approvalService);
  return {
    funds: await count({}),
    bySale: Object.fromEntries(
      await Promise.all(
        (['LISTED', 'SUSPENDED', 'NOT_LISTED'] as const).map(async (sale) => [sale, await count({ sale })]),
      ),
    ) as Record<string, number>,
    pools: Object.fromEntries(await pools.counts()) as Record<string, number>,
    approvals: await approvals.count({}),
    waiting: await approvals.count({ state: 'WAITING' }),
  };
}

describe('the simulated funds of the sample firm', () => {
  test('are there whole, in every pool, listed unless forbidden, five of them suspended', async () => {
    const { approvals: _approvals, ...rest } = await everything();
    expect(rest).toEqual({
      funds: 200,
      bySale: {
        LISTED: 200 - data.suspended - data.pools.FORBIDDEN,
        SUSPENDED: data.suspended,
        NOT_LISTED: data.pools.FORBIDDEN,
      },
      pools: data.pools,
      waiting: 0,
    });
    expect(POOLS.every((pool) => data.pools[pool] > 0)).toBe(true);
  });

  test('were proposed by one person of the house and approved by another', async () => {
    const { core } = house.platform.app.hosts;
    const { staff } = readFirm();
    const access = core.service(accessService);
    const [maker, checker] = [await access.staff(staff.maker), await access.staff(staff.checker)];
    const { edges } = await core.service(approvalService).list({}, { first: 100 });
    expect(edges.length).toBeGreaterThan(0);
    for (const { node } of edges)
      expect([node.state, node.maker.id, node.decided?.id]).toEqual(['APPROVED', maker!.id, checker!.id]);
  });

  test('say that they are simulated, in both languages, and are found on a touchpoint', async () => {
    const query = `{ browseProducts(channel: APP, first: 50, filter: { text: "模拟" }) {
      totalCount edges { node { product { name { zh en } category { code } riskRating { level } } } } } }`;
    interface Answer {
      readonly browseProducts: {
        readonly totalCount: number;
        readonly edges: readonly {
          readonly node: {
            readonly product: {
              readonly name: { readonly zh: string; readonly en: string };
              readonly category: { readonly code: string };
              readonly riskRating: { readonly level: string };
            };
          };
        }[];
      };
    }
    const ask = async () => (await house.ask<Answer>(house.touchpoint('APP'), query)).browseProducts;
    await eventually(
      'all that are not forbidden are found',
      async () => (await ask()).totalCount === 200 - data.pools.FORBIDDEN,
    );
    for (const { node } of (await ask()).edges) {
      expect([node.product.name.zh, node.product.name.en, node.product.category.code]).toEqual([
        expect.stringContaining('模拟'),
        expect.stringContaining('simulated'),
        'funds',
      ]);
      expect(node.product.riskRating.level).toMatch(/^R[1-5]$/);
    }
  });

  test('loaded again, nothing changes', async () => {
    const before = await everything();
    await load();
    expect(await everything()).toEqual(before);
  });
});
