import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { installedPlugins } from '../../plugins/index.ts';
import { fromRoot } from '../paths.ts';
import { sampleClients } from './clients.ts';
import { sampleFeature } from './feature.ts';
import { readClients, readFirm, readProducts } from './firm.ts';

/** What the sample firm is to hold, item by item: what is loaded, and what each other item waits for. */
interface Item {
  readonly item: string;
  readonly state: 'loaded' | 'waits';
  /** How a loaded item is checked, below. */
  readonly check?: string;
  /** The feature that an item waits for. */
  readonly for?: string;
}

const items = JSON.parse(readFileSync(fromRoot('data', 'sample-coverage.json'), 'utf8')) as Item[];
const firm = readFirm();
const products = readProducts();
const clients = readClients();
const ofKind = (kind: string) => products.filter((product) => product.kind === kind);
const product = (code: string) => products.find((one) => one.code === code)!;
/** Prices a month or once in yuan, as `scope or tier: amount`. */
const prices = (code: string) =>
  product(code).prices.map(({ scope, currency, amountMinor }) => {
    const amount = currency === 'CNY' ? amountMinor / 100 : `${amountMinor} points`;
    return `${scope?.ref ?? scope?.kind}: ${amount}`;
  });

const checks: Readonly<Record<string, () => void>> = {
  house: () => {
    expect([firm.name.en, firm.hotline]).toEqual(['Clearlake Securities', '400-000-0000']);
    expect(firm.brands.filter(({ parent }) => parent === 'lucid')).toHaveLength(5);
  },
  branches: () => expect(firm.branches).toHaveLength(12),
  tiers: () => {
    const yuan = firm.scheme.tiers.map((tier) => `${tier.name.en} ${tier.assetsFromMinor / 100}`);
    expect(yuan).toEqual(['Basic 0', 'Silver 50000', 'Gold 500000', 'Platinum 3000000', 'Diamond 10000000']);
    expect(firm.scheme.coreFromTier).toBe('GOLD');
  },
  clubs: () =>
    expect(firm.scheme.clubs.map(({ code, admission, tierFrom }) => [code, admission, tierFrom])).toEqual([
      ['WOMENS_SALON', 'APPLICATION', undefined],
      ['VOYAGER', 'TIER', 'PLATINUM'],
      ['LAKE', 'INVITATION', undefined],
    ]),
  'terminal-columns': () => expect(ofKind('terminal-column')).toHaveLength(10),
  digests: () => expect(ofKind('digest')).toHaveLength(8),
  advisory: () => expect(ofKind('account-diagnosis').length + ofKind('advisory-portfolio').length).toBe(8),
  'trading-services': () => {
    expect(ofKind('trading-service').filter(({ code }) => code !== 'TS-BLOCK')).toHaveLength(4);
    expect([product('TS-FAST-LANE').attributes.seats, product('TS-SEAT').attributes.seats]).toEqual([30, 5]);
  },
  education: () =>
    expect(ofKind('education-level').map(({ attributes }) => attributes.level)).toEqual([1, 2, 3, 4, 5]),
  'club-activities': () => expect(ofKind('club-activity')).toHaveLength(5),
  'block-trade': () => expect(product('TS-BLOCK').name.en).toBe('Block Trade'),
  awkward: () => expect(products.filter(({ awkward }) => awkward)).toHaveLength(4),
  ladders: () => {
    expect(prices('TC-DEPTH')).toEqual([
      'everyone: 38',
      'SILVER: 35',
      'GOLD: 28',
      'PLATINUM: 18',
      'DIAMOND: 0',
      'everyone: 3800 points',
      'LAKE: 0',
    ]);
    expect(prices('DG-MORNING')).toEqual(['everyone: 12', 'GOLD: 8', 'PLATINUM: 0', 'DIAMOND: 0']);
    expect(prices('AD-CHECKUP')).toEqual(['everyone: 199']);
    expect(prices('TS-FAST-LANE').slice(0, 2)).toEqual(['everyone: 300', 'PLATINUM: 150']);
  },
  'special-rows': () => {
    const rows = products.flatMap((one) => one.prices);
    expect(rows.some(({ pointsShareMaxPct }) => pointsShareMaxPct === 50)).toBe(true);
    expect(rows.some(({ channel }) => channel === 'APP')).toBe(true);
    expect(rows.some(({ scope }) => scope?.kind === 'client')).toBe(true);
  },
  funds: () => {
    const parts = installedPlugins.flatMap((factory) => factory().sampleData ?? []);
    expect(parts.map(({ name }) => name)).toContain('funds');
  },
  sms: () => {
    const parts = installedPlugins.flatMap((factory) => factory().sampleData ?? []);
    expect(parts.map(({ name }) => name)).toContain('sms');
  },
  clients: () => {
    const made = sampleClients(
      clients,
      firm.branches.map(({ path }) => path),
      '2026-11-24',
    );
    expect(made).toHaveLength(5000);
  },
  personas: () => {
    const persons = clients.personas.filter(({ samePersonAs }) => samePersonAs === undefined);
    expect(persons).toHaveLength(10);
  },
  loading: () =>
    expect(sampleFeature().sampleData!.map(({ name }) => name)).toEqual(['house', 'clients', 'products']),
};

describe('of the sample firm', () => {
  test.each(items.filter(({ state }) => state === 'loaded').map(({ item, check }) => [item, check!]))(
    'it is loaded: %s',
    (_, check) => {
      expect(Object.keys(checks)).toContain(check);
      checks[check]!();
    },
  );

  test('what is not loaded yet says what it waits for, and is not claimed', () => {
    for (const { item, state, check, for: waitsFor } of items)
      expect([item, state === 'waits', Boolean(waitsFor), check === undefined]).toEqual([
        item,
        state === 'waits',
        state === 'waits',
        state === 'waits',
      ]);
  });

  test('every check belongs to an item, and no item stands twice', () => {
    expect(items.flatMap(({ check }) => check ?? []).sort()).toEqual(Object.keys(checks).sort());
    expect(new Set(items.map(({ item }) => item)).size).toBe(items.length);
  });
});
