import type { mongo } from 'mongoose';
import type { App } from '../../core/app.ts';
import { CATALOG, CHANNELS, PRICING_ROWS, RISK_RATINGS } from '../../core/catalog/records.ts';
import type {
  CatalogSequence,
  KindRecord,
  ListingRecord,
  PriceRowRecord,
  ProductRecord,
  RiskLevel,
  RiskRatingRecord,
  VersionRecord,
} from '../../core/catalog/records.ts';
import { readFirm } from '../../core/sample/firm.ts';
import { BRANDS, CATEGORIES, DAY_MS, Dice } from './generated-catalog.ts';

export const FUND_COMPANIES = ['松石基金', '青岚基金', '云海基金', '北辰基金', '望岳基金'] as const;
export const FUND_TYPES = ['STOCK', 'BOND', 'HYBRID', 'INDEX'] as const;
/** A kind like a fund that may not be promoted in public: seen by qualified investors alone. */
export const PRIVATE_KIND = 'private-fund';

export interface PublishedFunds {
  readonly seed: number;
  readonly count: number;
  readonly at: Date;
}

const BATCH = 1000;

/**
 * Publishes invented funds in one publication, rated and with a price list that knows every tier and club. The rows are
 * written as they stand after review and listing: a catalogue of 100,000 is too many to bring before a reviewer.
 * @returns the publication's number
 */
export async function publishFunds(app: App, { seed, count, at }: PublishedFunds): Promise<number> {
  const rows = <Row extends object>(name: string) =>
    app.hosts.core.model(name).collection as unknown as mongo.Collection<Row & mongo.BSON.Document>;
  const sequence = rows<CatalogSequence>(CATALOG.sequence);
  const seq = (await sequence.findOne({ _id: 'catalog' }))!.seq + 1;
  const fund = (await rows<KindRecord>(CATALOG.kinds).findOne({ _id: 'fund' }))!;
  await rows(CATALOG.kinds).insertOne({ ...fund, _id: PRIVATE_KIND as never, publicOffer: false, seq });
  await rows(CATALOG.categories).insertMany(CATEGORIES.map((term) => ({ ...term, seq })) as never[]);
  await rows(CATALOG.brands).insertMany(BRANDS.map((term) => ({ ...term, seq })) as never[]);
  const dice = new Dice(seed);
  for (let from = 0; from < count; from += BATCH) {
    const funds = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) =>
      fundRows(dice, from + index, seq, fund.version, at),
    );
    const write = (name: string, documents: readonly object[]) =>
      rows(name).insertMany(documents as never[], { ordered: false });
    await write(
      CATALOG.products,
      funds.map(({ product }) => product),
    );
    await write(
      CATALOG.versions,
      funds.map(({ version }) => version),
    );
    await write(
      CATALOG.listings,
      funds.flatMap(({ listings }) => listings),
    );
    await write(
      PRICING_ROWS,
      funds.flatMap(({ prices }) => prices),
    );
    await write(
      RISK_RATINGS,
      funds.map(({ rating }) => rating),
    );
  }
  await sequence.updateOne({ _id: 'catalog' }, { $set: { seq } } as never);
  return seq;
}

interface FundRows {
  readonly product: ProductRecord;
  readonly version: VersionRecord;
  readonly listings: readonly ListingRecord[];
  readonly prices: readonly PriceRowRecord[];
  readonly rating: RiskRatingRecord;
}

const LISTED_ON = CHANNELS.slice(0, 3);
const SOMEBODY = { id: 'house', name: 'House' };
const LEVELS: readonly RiskLevel[] = ['R1', 'R2', 'R3', 'R4', 'R5'];
const THEMES = ['沪深300', '中证500', '医药', '消费', '新能源', '债券', '货币', '稳健', '成长', '红利'];

function fundRows(dice: Dice, index: number, seq: number, kindVersion: number, at: Date): FundRows {
  const productId = `fund-${index}`;
  const day = (days: number) => new Date(at.getTime() + days * DAY_MS);
  const inForce = () => ({
    no: 1,
    recordedSeq: seq,
    approvedSeq: seq,
    saleFrom: day(-30 - dice.below(300)),
    existing: { mode: 'never' as const },
  });
  const product: ProductRecord = {
    _id: productId,
    code: String(index).padStart(6, '0'),
    kind: dice.chance(0.02) ? PRIVATE_KIND : 'fund',
    sale: 'LISTED',
    blocks: [],
    lastVersionNo: 1,
    lastReview: 'APPROVED',
    orgPath: '/',
    seq,
    revision: 1,
    createdAt: day(-400),
    changedAt: day(-400),
  };
  const version: VersionRecord = {
    _id: `${productId}:1`,
    productId,
    review: 'APPROVED',
    content: contentOf(dice, index, kindVersion),
    maker: SOMEBODY,
    changedAt: day(-400),
    ...inForce(),
  };
  const listings = LISTED_ON.map((channel): ListingRecord => ({
    _id: `${productId}:${channel}:${seq}`,
    productId,
    channel,
    visibleFrom: day(-30),
    purchasableFrom: day(-20),
    recordedSeq: seq,
  }));
  const rating: RiskRatingRecord = {
    _id: `${productId}:1`,
    productId,
    level: dice.of(LEVELS),
    score: 250,
    evidence: 'FACTOR_SHEET',
    modelVersion: 'financial-factors@1',
    basis: {},
    ratedAt: day(-300),
    // A few have run out: their outcome is EXPIRED.
    validUntil: dice.chance(0.03) ? day(-2) : day(100),
    signedBy: SOMEBODY,
    ...inForce(),
  };
  return { product, version, listings, prices: pricesOf(dice, productId, inForce), rating };
}

function contentOf(dice: Dice, index: number, kindVersion: number): VersionRecord['content'] {
  const company = dice.of(FUND_COMPANIES);
  const theme = dice.of(THEMES);
  return {
    name: {
      zh: `${company.slice(0, 2)}${theme}${dice.of(['混合A', '混合C', '指数', '债券'])}`,
      ...(dice.chance(0.5) ? { en: `Fund ${index}` } : {}),
    },
    summary: { zh: `本基金主要投资于${theme}相关资产，追求长期稳健增值。` },
    ...(dice.chance(0.9) ? { categoryId: dice.of(CATEGORIES)._id } : {}),
    ...(dice.chance(0.6) ? { brandId: dice.of(BRANDS)._id } : {}),
    attributes: {
      fundType: dice.of(FUND_TYPES),
      company,
      inceptionDate: '2019-03-20',
      term: dice.of(['SHORT', 'MEDIUM', 'LONG']),
      investmentKind: dice.of(['FIXED_INCOME', 'EQUITY', 'DERIVATIVE']),
      managementFeePpm: 12_000,
    },
    kindVersion,
  };
}

const { tiers, clubs } = readFirm().scheme;

function pricesOf(
  dice: Dice,
  productId: string,
  inForce: () => Pick<
    PriceRowRecord,
    'no' | 'recordedSeq' | 'approvedSeq' | 'saleFrom' | 'existing' | 'saleUntil'
  >,
): PriceRowRecord[] {
  const scopes: PriceRowRecord['scope'][] = [
    { kind: 'everyone' },
    ...tiers.filter(() => dice.chance(0.4)).map(({ code }) => ({ kind: 'tier', ref: code })),
    ...clubs.filter(() => dice.chance(0.2)).map(({ code }) => ({ kind: 'club', ref: code })),
  ];
  return scopes.map((scope, index) => ({
    ...inForce(),
    _id: `${productId}:price:${index + 1}`,
    no: index + 1,
    productId,
    scope,
    currency: dice.chance(0.9) ? 'CNY' : 'POINTS',
    amountMinor: dice.chance(0.2) ? 0 : dice.below(100_000),
    billing: 'MONTH',
    quantityFrom: 1,
    maker: SOMEBODY,
  }));
}
