import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { done, startTestCatalog, type TestCatalog } from '../../test/support/catalog.ts';
import { approvalService } from '../approval/service.ts';
import { blocksService, type PlaceBlock } from './blocks.ts';
import { CATALOG, type CatalogSequence, type ProductRecord, type TransitionRecord } from './records.ts';

const RACES = 12;

let house: TestCatalog;
beforeAll(async () => {
  house = await startTestCatalog();
});
afterAll(() => house.close());

async function approved(code: string): Promise<string> {
  const { productId } = done(await house.catalog.createProduct(house.maker, house.product(code)));
  await house.approve((await house.catalog.submit(house.maker, [productId], 'ready')).approvalIds);
  return productId;
}

async function proposed(productId: string): Promise<string> {
  const channels = [{ channel: 'APP' as const }];
  return (await house.catalog.proposeListing(house.maker, [productId], channels, 'launch')).approvalIds[0]!;
}

function place(productId: string, scope: PlaceBlock['scope'] = 'list'): Promise<void> {
  const block = { productId, scope, reason: 'forbidden by the committee', owner: 'test-pool' };
  return house.core.transact(house.checker, (tx) => house.core.service(blocksService).place(tx, block));
}

async function stored(productId: string): Promise<ProductRecord> {
  return (await house.database
    .model<ProductRecord>(CATALOG.products)
    .findOne({ _id: productId })
    .lean<ProductRecord>())!;
}

describe('a block', () => {
  test('bars a product that was approved for listing before it was placed', async () => {
    const id = await approved('B1');
    const approvalId = await proposed(id);
    await place(id);
    await house.approve([approvalId]);
    expect((await stored(id)).sale).toBe('NOT_LISTED');
    const channels = [{ channel: 'APP' as const }];
    const again = await house.catalog.proposeListing(house.maker, [id], channels, 'launch');
    expect(again.outcomes[0]!.refused!.map((reason) => reason.code)).toEqual(['LISTING_BLOCKED']);
  });

  test('suspends what is listed, bars its return, and lets it return once lifted', async () => {
    const id = await approved('B2');
    await house.approve([await proposed(id)]);
    await place(id);
    expect((await stored(id)).sale).toBe('SUSPENDED');
    const resume = () => house.catalog.changeSale(house.maker, 'resume', [id], 'again');
    expect((await resume()).outcomes[0]!.refused![0]!.code).toBe('LISTING_BLOCKED');
    const lift = { productId: id, scope: 'list', owner: 'test-pool', reason: 'cleared' } as const;
    const lifted = await house.core.transact(house.checker, (tx) =>
      house.core.service(blocksService).lift(tx, lift),
    );
    expect(lifted).toBe(true);
    expect((await resume()).outcomes[0]!.refused).toBeUndefined();
    expect((await stored(id)).sale).toBe('LISTED');
  });

  test('on sale alone leaves the listing as it is', async () => {
    const id = await approved('B3');
    await house.approve([await proposed(id)]);
    await place(id, 'sell');
    expect(await stored(id)).toMatchObject({ sale: 'LISTED', blocks: [{ scope: 'sell' }] });
  });

  test('and a listing that race each other never both hold', async () => {
    for (let race = 0; race < RACES; race++) {
      const id = await approved(`R${race}`);
      const approvalId = await proposed(id);
      await Promise.all([
        house.core.service(approvalService).decide(house.checker, approvalId, { decision: 'APPROVE' }),
        place(id),
      ]);
      const product = await stored(id);
      expect(product.blocks).toHaveLength(1);
      expect(product.sale).not.toBe('LISTED');
    }
  });
});

test('publications at once take numbers without gap or repetition, and leave the last in the counter', async () => {
  const counter = async () =>
    (await house.database
      .model<CatalogSequence>(CATALOG.sequence)
      .findOne({ _id: 'catalog' })
      .lean<CatalogSequence>())!.seq;
  const ids = await Promise.all(Array.from({ length: 4 }, (_, index) => approved(`N${index}`)));
  for (const id of ids) await house.approve([await proposed(id)]);
  const before = await counter();
  const results = await Promise.all(
    ids.map((id) => house.catalog.changeSale(house.maker, 'suspend', [id], 'pause')),
  );
  const numbers = results.map((result) => result.seq!).sort((a, b) => a - b);
  expect(numbers).toEqual([1, 2, 3, 4].map((step) => before + step));
  expect(await counter()).toBe(before + 4);
  const rows = await house.database
    .model<TransitionRecord>(CATALOG.transitions)
    .find({ seq: { $gt: before } })
    .lean<TransitionRecord[]>();
  expect(rows.map((row) => row.seq).sort((a, b) => a - b)).toEqual(numbers);
});
