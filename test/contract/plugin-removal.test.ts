import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, type TypeDefinitionNode } from 'graphql';
import type { Plugin, PluginFactory } from '../../core/plugin/contract.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { inventedFunds } from '../support/invented-funds.ts';
import { eventually } from '../support/eventually.ts';
import { fundListCsv } from '../support/fund-list.ts';
import { House } from '../support/house.ts';
import { partnerGoodsOnSale } from '../support/partner-goods.ts';
import { smsPackageOnSale } from '../support/sms-package.ts';

/** Puts a product of the plugin's kind on sale on APP and returns its code; one for each plugin that has kinds. */
const onSale: Readonly<Record<string, (house: House) => Promise<string>>> = {
  'fund-pool': async (house) => {
    const [fund] = inventedFunds({ seed: 1, count: 1, onDate: '2026-01-01' });
    await house.importFile('funds', fundListCsv([fund!]));
    const { id } = await house.product(fund!.code);
    await house.approve((await house.submit({ ids: [id] })).approvals);
    await house.approve((await house.list({ ids: [id] }, ['APP'])).approvals);
    return fund!.code;
  },
  loyalty: (house) => partnerGoodsOnSale(house, { code: 'COURSE-1', merchantCode: 'COURSES', points: 800 }),
  'sms-products': (house) =>
    smsPackageOnSale(house, { code: 'SMS-101', keyword: '101', name: '晨报', points: 300 }),
};

/** What core answers without any plugin: one question of each of its parts. */
const CORE = `{
  viewer { id }
  products(first: 1) { totalCount }
  productKinds { code gone }
  categories { code }
  approvals(first: 1) { totalCount }
  ruleKinds { kind }
  browseProducts(channel: APP, first: 1) { totalCount facets { kinds { count } } }
  sampleProgress { state }
  traces(first: 1) { edges { node { action } } }
}`;

describe.each(installedPlugins.map((factory) => [factory().name, factory] as const))(
  'the platform without %s',
  (name, removed) => {
    const plugin = removed();
    const rest = installedPlugins.filter((factory) => factory !== removed && !requires(factory(), name));
    let whole: House;
    let without: House;
    let code: string | undefined;

    beforeAll(async () => {
      whole = await House.start();
      code = await onSale[name]?.(whole);
      without = await House.start({ plugins: rest, beside: whole.platform });
    });
    afterAll(async () => {
      await without.stop();
      await whole.stop();
    });

    test('boots and composes a schema that holds nothing of it', () => {
      const { schema } = without.platform.app;
      const own = typesOf(plugin);
      expect(own.filter((type) => schema.getType(type))).toEqual([]);
      expect(own.filter((type) => !whole.platform.app.schema.getType(type))).toEqual([]);
      const kept = without.platform.app.declarations.all('permissions').map(({ owner }) => owner);
      expect(kept).not.toContain(name);
    });

    test('answers what core answers', async () => {
      const answer = await without.ask<Record<string, unknown>>(without.as('auditor'), CORE);
      expect(Object.values(answer).every((value) => value !== null)).toBe(true);
      expect(answer.productKinds).toEqual(
        expect.arrayContaining([
          { code: 'trading-service', gone: false },
          ...(plugin.productKinds ?? []).map((kind) => ({ code: kind.code, gone: true })),
        ]),
      );
    });

    if ((plugin.productKinds ?? []).length > 0) {
      test('reads its products as suspended, saying that their kind is missing', async () => {
        expect(await without.product(code!)).toMatchObject({
          sale: 'SUSPENDED',
          saleBecause: { code: 'KIND_MISSING' },
        });
        expect(await shown(without, code!)).toEqual({ purchasable: false, notPurchasable: 'KIND_MISSING' });
        const { id } = await without.product(code!);
        const { done, refused } = await without.list({ ids: [id] }, ['WEBSITE']);
        expect([done, refused[0]!.reasons.map((reason) => reason.code)]).toEqual([0, ['KIND_MISSING']]);
      });

      test('and once it is installed again they are on sale as before', async () => {
        const again = await House.start({ beside: whole.platform });
        try {
          expect(await again.product(code!)).toMatchObject({ sale: 'LISTED', saleBecause: null });
          await eventually('it is on sale', async () => (await shown(again, code!))?.purchasable === true);
        } finally {
          await again.stop();
        }
      });
    }
  },
);

test('every plugin with kinds of its own is put to this proof', () => {
  const withKinds = installedPlugins.map((factory) => factory()).filter((one) => one.productKinds?.length);
  expect(Object.keys(onSale).sort()).toEqual(withKinds.map(({ name }) => name).sort());
});

interface Shown {
  readonly purchasable: boolean;
  readonly notPurchasable: string | null;
}

async function shown(house: House, code: string): Promise<Shown | null> {
  const query = `query ($code: String!) { browseProduct(code: $code, channel: APP) { purchasable notPurchasable } }`;
  return (await house.ask<{ browseProduct: Shown | null }>(house.touchpoint('APP'), query, { code }))
    .browseProduct;
}

/** Whoever requires what is removed goes with it. */
function requires(plugin: Plugin, name: string): boolean {
  return (
    name in plugin.requires ||
    installedPlugins
      .map((factory: PluginFactory) => factory())
      .some((other) => other.name in plugin.requires && requires(other, name))
  );
}

function typesOf({ schema }: Plugin): string[] {
  if (!schema) return [];
  return parse(schema.typeDefs)
    .definitions.filter((node): node is TypeDefinitionNode => /TypeDefinition$/.test(node.kind))
    .map(({ name }) => name.value);
}
