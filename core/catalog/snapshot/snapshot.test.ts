import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CATEGORIES,
  BRANDS,
  DAY_MS,
  Dice,
  generatedCatalog,
  generatedProduct,
} from '../../../test/support/generated-catalog.ts';
import { SMALL_POLICY, generatedClients } from '../../../test/support/generated-clients.ts';
import type { GeneratedClass, GeneratedClient } from '../../../test/support/generated-clients.ts';
import { answerOf, PriceAnswers } from '../browse/price-answers.ts';
import { priceAsker } from '../browse/resolvers.ts';
import { Browse } from '../browse/browse.ts';
import type { ListQuestion } from '../browse/browse.ts';
import { notPurchasable, suitabilityAnswer } from '../browse/answers.ts';
import { inForce, isEffective, isOnSale } from '../in-force.ts';
import type { Channel, RiskLevel } from '../records.ts';
import { quote } from '../../pricing/quote.ts';
import { contentOf } from './product-rows.ts';
import type { CatalogRows, ProductRows } from './product-rows.ts';
import { PublishedCatalog } from './published-catalog.ts';
import { newVocabulary } from './view.ts';

const AROUND = new Date('2026-03-02T01:00:00Z');

interface Shown {
  readonly code: string;
  readonly purchasable: boolean;
  readonly price: unknown;
  readonly suitability: unknown;
}

/** The list as the documents describe it, worked out product by product without any index, class or memory. */
function recomputed(
  products: ReadonlyMap<string, ProductRows>,
  kinds: CatalogRows['kinds'],
  seq: number,
  question: ListQuestion,
  client: GeneratedClient | undefined,
  at: Date,
): { shown: Shown[]; facetOfKinds: Record<string, number> } {
  const found: { shown: Shown; key: string | number; kind: string }[] = [];
  for (const rows of products.values()) {
    const { product } = rows;
    const kind = kinds.find((one) => one._id === product.kind);
    const version = inForce(rows.versions, { at, knownSeq: seq });
    const listing = rows.listings.find(
      (one) =>
        one.channel === question.channel &&
        one.visibleFrom <= at &&
        (!one.visibleUntil || at < one.visibleUntil),
    );
    const isListed = product.sale === 'LISTED' || product.sale === 'SUSPENDED';
    if (!kind || !version || !listing || !isListed || product.blocks.some(({ scope }) => scope === 'list'))
      continue;
    const rating = inForce(rows.ratings, { at, knownSeq: seq });
    const facts: GeneratedClass = {
      level: rating ? Number(rating.level[1]) : 0,
      ratingExpired: rating !== undefined && at >= rating.validUntil,
      isPublic: kind.publicOffer,
      kind: product.kind,
    };
    const decision = client && SMALL_POLICY.decide(client, facts, { at, channel: question.channel });
    if (!kind.publicOffer && !decision?.eligible) continue;
    if (question.mode === 'RECOMMEND' && decision?.verdict.outcome !== 'MATCH') continue;
    const content = contentOf(version);
    const { filter } = question;
    if (filter?.kinds && !filter.kinds.includes(product.kind)) continue;
    if (filter?.riskLevels && !filter.riskLevels.includes(rating?.level as RiskLevel)) continue;
    const category = CATEGORIES.find(({ _id }) => _id === content.categoryId);
    const parent = CATEGORIES.find(({ _id }) => _id === category?.parentId);
    if (
      filter?.categories &&
      ![category?.code, parent?.code].some((code) => filter.categories!.includes(code!))
    )
      continue;
    const brand = BRANDS.find(({ _id }) => _id === content.brandId);
    const above = BRANDS.find(({ _id }) => _id === brand?.parentId);
    if (filter?.brands && ![brand?.code, above?.code].some((code) => filter.brands!.includes(code!)))
      continue;
    const isFund = product.kind === 'fund';
    const filterable = isFund ? ['company', 'type'] : product.kind === 'private-fund' ? ['company'] : [];
    if (
      filter?.attributes?.some(
        ({ attribute, values }) =>
          !filterable.includes(attribute) || !values.includes(String(content.attributes[attribute])),
      )
    )
      continue;
    const texts = [
      product.code,
      content.name.zh,
      content.name.en,
      content.summary?.zh,
      isFund ? content.attributes.company : '',
    ];
    if (
      filter?.text &&
      !filter.text.split(' ').every((word) => texts.join('\n').toLowerCase().includes(word.toLowerCase()))
    )
      continue;
    const prices = rows.prices.filter(
      (row) =>
        isEffective(row, seq) &&
        isOnSale(row, at) &&
        (row.scope.kind !== 'client' || row.scope.ref === client?.id),
    );
    const asked = {
      ...(client ? { client } : {}),
      channel: question.channel,
      quantity: 1,
      at,
      knownSeq: seq,
    };
    const level = facts.level;
    found.push({
      kind: product.kind,
      key:
        question.sort === 'RISK_LOW_FIRST'
          ? level || 9
          : question.sort === 'RISK_HIGH_FIRST'
            ? -level
            : question.sort === 'NEWEST'
              ? -Math.min(...rows.listings.map(({ visibleFrom }) => visibleFrom.getTime()))
              : 0,
      shown: {
        code: product.code,
        purchasable:
          product.sale === 'LISTED' &&
          !product.blocks.some(({ scope }) => scope === 'sell') &&
          listing.purchasableFrom <= at &&
          (!listing.purchasableUntil || at < listing.purchasableUntil),
        price: answerOf(quote(prices, asked), 1),
        suitability: decision && {
          ...decision.verdict,
          evidenceIds: [...decision.evidenceIds, ...(rating ? [rating._id] : [])],
        },
      },
    });
  }
  found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.shown.code < b.shown.code ? -1 : 1));
  const facetOfKinds: Record<string, number> = {};
  for (const { kind } of found) facetOfKinds[kind] = (facetOfKinds[kind] ?? 0) + 1;
  return { shown: found.map(({ shown }) => shown), facetOfKinds };
}

/** Every page of the list, by its cursors. */
function paged(
  browse: Browse<GeneratedClient, GeneratedClass>,
  question: ListQuestion,
  client: GeneratedClient | undefined,
  at: Date,
) {
  const shown: Shown[] = [];
  let after: string | null = null;
  for (;;) {
    const page = browse.list({ ...question, after }, client, at);
    const ask = priceAsker(browse.prices, page, { quantity: 1 });
    for (const slot of page.slots)
      shown.push({
        code: page.view.rowsAt(slot).product.code,
        purchasable: notPurchasable(page.view, slot, page.channel) === undefined,
        price: ask.ask(page.view.standingAt(slot)),
        suitability: suitabilityAnswer(page, slot),
      });
    if (!page.hasNextPage) return { shown, page };
    after = page.cursorAt(page.slots[page.slots.length - 1]!);
  }
}

const question: fc.Arbitrary<ListQuestion> = fc.record({
  channel: fc.constantFrom<Channel>('APP', 'WEBSITE', 'SMS'),
  first: fc.integer({ min: 1, max: 7 }),
  sort: fc.constantFrom('CODE', 'NEWEST', 'RISK_LOW_FIRST', 'RISK_HIGH_FIRST'),
  mode: fc.constantFrom('BROWSE', 'BROWSE', 'RECOMMEND'),
  filter: fc.option(
    fc.record(
      {
        kinds: fc.subarray(['fund', 'private-fund', 'column'], { minLength: 1 }),
        riskLevels: fc.subarray<RiskLevel>(['R1', 'R2', 'R3', 'R4', 'R5'], { minLength: 1 }),
        categories: fc.subarray(['funds', 'bond-funds', 'information', 'unknown'], { minLength: 1 }),
        brands: fc.subarray(['lucid', 'lucid-advice'], { minLength: 1 }),
        attributes: fc.constantFrom(
          [{ attribute: 'company', values: ['松石基金', '青岚基金'] }],
          [
            { attribute: 'type', values: ['bond'] },
            { attribute: 'company', values: ['云海基金'] },
          ],
        ),
        text: fc.constantFrom('指数', '稳健', '0000', '青岚', '基金 医药', '红', 'FUND', '没有'),
      },
      { requiredKeys: [] },
    ),
    { nil: null, freq: 2 },
  ),
});

describe('the published catalogue', () => {
  it('answers every list as a recomputation from the rows does, whatever was published and whatever time has passed', () => {
    const step = fc.record({
      hours: fc.integer({ min: 0, max: 40 }),
      publish: fc.array(fc.nat({ max: 29 }), { maxLength: 4 }),
      question,
      client: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(fc.nat(), fc.array(step, { minLength: 1, maxLength: 6 }), (seed, steps) => {
        const catalog = generatedCatalog({ seed, products: 25, around: AROUND });
        const products = new Map(catalog.products.map((rows) => [rows.product._id, rows]));
        const clients = generatedClients(seed, 5, AROUND);
        const dice = new Dice(seed + 1);
        let at = new Date(AROUND.getTime() - 3 * DAY_MS);
        let { seq } = catalog;
        const published = new PublishedCatalog(
          catalog,
          { classify: SMALL_POLICY.classify, vocabulary: newVocabulary<GeneratedClass>() },
          at,
        );
        const browse = new Browse({
          catalog: published,
          suitability: SMALL_POLICY,
          prices: new PriceAnswers(),
        });
        for (const { hours, publish, question, client: index } of steps) {
          at = new Date(at.getTime() + hours * 3_600_000);
          if (publish.length > 0) {
            seq++;
            const changed = [...new Set(publish)].map((place) =>
              generatedProduct(dice, place, seq, { around: AROUND }),
            );
            for (const rows of changed) products.set(rows.product._id, rows);
            published.apply({ seq, products: changed, kinds: [], categories: [], brands: [] }, at);
          }
          const client = clients[index];
          if (question.mode === 'RECOMMEND' && !client) continue;
          const expected = recomputed(products, catalog.kinds, seq, question, client, at);
          const { shown, page } = paged(browse, question, client, at);
          expect(shown).toEqual(expected.shown);
          expect(page.totalCount).toBe(expected.shown.length);
          expect(Object.fromEntries(page.facets().kinds.map(({ value, count }) => [value, count]))).toEqual(
            expected.facetOfKinds,
          );
        }
      }),
      { numRuns: 150 },
    );
  });
});
