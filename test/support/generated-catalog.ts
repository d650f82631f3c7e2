import { CHANNELS } from '../../core/catalog/records.ts';
import type {
  BrandRecord,
  CategoryRecord,
  Channel,
  KindRecord,
  ListingRecord,
  ProductContent,
  RiskLevel,
  RiskRatingRecord,
  SaleState,
} from '../../core/catalog/records.ts';
import { encodeContent } from '../../core/catalog/snapshot/product-rows.ts';
import type { CatalogRows, ProductRows } from '../../core/catalog/snapshot/product-rows.ts';
import type { PriceRow, RowScope } from '../../core/pricing/price-row.ts';

/** A generator of numbers in [0, 1) that repeats itself for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

export const DAY_MS = 86_400_000;
export const TIERS = ['basic', 'silver', 'gold', 'platinum', 'diamond'] as const;
export const CLUBS = [
  { code: 'lake', rank: 3 },
  { code: 'voyager', rank: 2 },
] as const;

export interface GeneratedOptions {
  readonly seed: number;
  readonly products: number;
  /** Windows begin and end around this instant. */
  readonly around: Date;
  /** Everything listed, priced and rated for good, as in a house that runs; else all kinds of states are met. */
  readonly settled?: boolean;
}

const COMPANIES = ['松石基金', '青岚基金', '云海基金', '北辰基金', '望岳基金'];
const THEMES = ['沪深300', '中证500', '医药', '消费', '新能源', '债券', '货币', '稳健', '成长', '红利'];
const LEVELS: readonly RiskLevel[] = ['R1', 'R2', 'R3', 'R4', 'R5'];

export const KINDS: readonly KindRecord[] = [
  kind('fund', 'FINANCIAL', true, {
    company: { 'x-filterable': true, 'x-searchable': true },
    type: { 'x-filterable': true },
  }),
  kind('private-fund', 'FINANCIAL', false, { company: { 'x-filterable': true } }),
  kind('column', 'SERVICE', true, {}),
];

export const CATEGORIES: readonly CategoryRecord[] = [
  term('cat-fund', 'funds', '基金', 'Funds'),
  term('cat-stock', 'stock-funds', '股票基金', 'Equity funds', 'cat-fund'),
  term('cat-bond', 'bond-funds', '债券基金', 'Bond funds', 'cat-fund'),
  term('cat-info', 'information', '资讯', 'Information'),
];

export const BRANDS: readonly BrandRecord[] = [
  term('brand-lucid', 'lucid', '澄明', 'Lucid'),
  term('brand-advice', 'lucid-advice', '澄明投顾', 'Lucid Advice', 'brand-lucid'),
];

/** An invented catalogue: the same for the same options. */
export function generatedCatalog(options: GeneratedOptions): CatalogRows {
  const dice = new Dice(options.seed);
  const products = Array.from({ length: options.products }, (_, index) =>
    generatedProduct(dice, index, 1, options),
  );
  return { seq: 1, products, kinds: KINDS, categories: CATEGORIES, brands: BRANDS };
}

/** One product with all of its rows, published at `seq`. */
export function generatedProduct(
  dice: Dice,
  index: number,
  seq: number,
  { around, settled = false }: Pick<GeneratedOptions, 'around' | 'settled'>,
): ProductRows {
  const id = `p${index}`;
  const day = (days: number) => new Date(around.getTime() + days * DAY_MS);
  const from = () => (settled ? day(-30 - dice.below(300)) : day(dice.below(9) - 6));
  const until = () => (settled || dice.chance(0.5) ? {} : { saleUntil: day(dice.below(9) - 2) });
  const kindCode = settled
    ? dice.chance(0.02)
      ? 'private-fund'
      : 'fund'
    : dice.of(['fund', 'fund', 'private-fund', 'column', 'gone']);
  const inForce = (no: number) => ({
    no,
    recordedSeq: seq,
    ...(settled || dice.chance(0.9) ? { approvedSeq: seq } : {}),
    ...(!settled && dice.chance(0.1) ? { retractedSeq: seq } : {}),
    saleFrom: from(),
    ...until(),
    existing: { mode: 'never' } as const,
  });
  const several = (most: number) => (settled ? 1 : dice.below(most + 1));
  return {
    product: {
      _id: id,
      code: String(index).padStart(6, '0'),
      kind: kindCode,
      sale: settled ? 'LISTED' : dice.of<SaleState>(['LISTED', 'LISTED', 'LISTED', 'SUSPENDED', 'DELISTED']),
      blocks: settled
        ? []
        : (['list', 'sell'] as const)
            .filter(() => dice.chance(0.1))
            .map((scope) => ({
              scope,
              reason: 'generated',
              owner: 'test',
              at: day(-9),
            })),
      lastVersionNo: 1,
      lastReview: 'APPROVED',
      orgPath: '/',
      seq,
      revision: seq,
      createdAt: day(-400),
      changedAt: day(-400),
    },
    versions: Array.from({ length: several(3) }, (_, no) => ({
      ...inForce(no + 1),
      document: encodeContent(content(dice, index)),
    })),
    listings: (settled ? CHANNELS : CHANNELS.filter(() => dice.chance(0.6))).map((channel) =>
      listing(dice, id, channel, seq, from, day, settled),
    ),
    prices: prices(dice, id, settled, inForce),
    ratings: Array.from({ length: several(2) }, (_, no): RiskRatingRecord => ({
      _id: `${id}:rating:${no + 1}`,
      productId: id,
      ...inForce(no + 1),
      level: dice.of(LEVELS),
      score: 250,
      evidence: 'FACTOR_SHEET',
      modelVersion: 'test@1',
      basis: {},
      ratedAt: day(-9),
      validUntil: settled ? day(300) : day(dice.below(8) - 2),
      signedBy: { id: 's', name: 'S' },
    })),
  };
}

function listing(
  dice: Dice,
  productId: string,
  channel: Channel,
  recordedSeq: number,
  from: () => Date,
  day: (days: number) => Date,
  settled: boolean,
): ListingRecord {
  return {
    _id: `${productId}:${channel}:${recordedSeq}`,
    productId,
    channel,
    recordedSeq,
    visibleFrom: from(),
    purchasableFrom: from(),
    ...(settled || dice.chance(0.5) ? {} : { visibleUntil: day(dice.below(6) - 1) }),
    ...(settled || dice.chance(0.5) ? {} : { purchasableUntil: day(dice.below(6) - 1) }),
  };
}

function prices(
  dice: Dice,
  productId: string,
  settled: boolean,
  inForce: (
    no: number,
  ) => Omit<PriceRow, 'id' | 'productId' | 'scope' | 'currency' | 'amountMinor' | 'billing' | 'quantityFrom'>,
): PriceRow[] {
  const scopes: RowScope[] = [{ kind: 'everyone' }];
  for (const ref of TIERS) if (dice.chance(0.4)) scopes.push({ kind: 'tier', ref });
  for (const { code } of CLUBS) if (dice.chance(0.2)) scopes.push({ kind: 'club', ref: code });
  if (!settled && dice.chance(0.3)) scopes.push({ kind: 'client', ref: `c${dice.below(5)}` });
  if (!settled && dice.chance(0.2)) scopes.shift();
  return scopes.map((scope, index) => ({
    ...inForce(index + 1),
    id: `${productId}:price:${index + 1}`,
    productId,
    scope,
    currency: dice.chance(0.8) ? 'CNY' : 'POINTS',
    amountMinor: dice.chance(0.2) ? 0 : dice.below(100_000),
    billing: dice.chance(0.8) ? 'ONCE' : 'MONTH',
    quantityFrom: 1,
  }));
}

function content(dice: Dice, index: number): ProductContent {
  const company = dice.of(COMPANIES);
  const theme = dice.of(THEMES);
  const hasSummary = dice.chance(0.7);
  return {
    name: {
      zh: `${company.slice(0, 2)}${theme}${dice.of(['混合A', '混合C', '指数', '债券'])}`,
      ...(dice.chance(0.5) ? { en: `Fund “${index}”` } : {}),
    },
    ...(hasSummary ? { summary: { zh: `本基金主要投资于${theme}相关资产，追求长期稳健增值。` } } : {}),
    ...(dice.chance(0.9) ? { categoryId: dice.of(CATEGORIES)._id } : {}),
    ...(dice.chance(0.6) ? { brandId: dice.of(BRANDS)._id } : {}),
    attributes: {
      company,
      type: dice.of(['stock', 'bond', 'hybrid', 'index']),
      inception: '2019-03-20',
      mgmtFeePct: 1.2,
      term: dice.of(['SHORT', 'MEDIUM', 'LONG']),
      investmentKind: dice.of(['EQUITY', 'BOND', 'MIXED']),
    },
    kindVersion: 1,
  };
}

function kind(
  code: string,
  nature: KindRecord['nature'],
  publicOffer: boolean,
  properties: Record<string, unknown>,
): KindRecord {
  return {
    _id: code,
    owner: 'test',
    name: { zh: `类别${code}`, en: code },
    nature,
    version: 1,
    attributes: { type: 'object', properties },
    requiredToList: [],
    publicOffer,
    seq: 1,
  };
}

function term(_id: string, code: string, zh: string, en: string, parentId?: string): CategoryRecord {
  return { _id, code, name: { zh, en }, order: 1, seq: 1, ...(parentId === undefined ? {} : { parentId }) };
}
