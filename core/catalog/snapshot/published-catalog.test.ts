import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { type ClientSession, type Connection, type Model } from 'mongoose';
import { testDatabaseUri } from '../../../test/support/database.ts';
import { Dice, generatedCatalog, generatedProduct } from '../../../test/support/generated-catalog.ts';
import { SMALL_POLICY, generatedClients } from '../../../test/support/generated-clients.ts';
import type { GeneratedClass } from '../../../test/support/generated-clients.ts';
import { createLogger } from '../../log.ts';
import type { Host } from '../../plugin/contract.ts';
import { pricingModels } from '../../pricing/models.ts';
import { riskModels } from '../../risk/models.ts';
import { ManualClock } from '../../time/clock.ts';
import { Browse } from '../browse/browse.ts';
import { PriceAnswers } from '../browse/price-answers.ts';
import { priceAsker } from '../browse/resolvers.ts';
import { catalogModels } from '../models.ts';
import { CATALOG, PRICING_ROWS, RISK_RATINGS } from '../records.ts';
import { loadRows } from './load.ts';
import { contentOf } from './product-rows.ts';
import type { CatalogRows } from './product-rows.ts';
import { openCatalogFeed } from './published-catalog.ts';
import type { CatalogFeed } from './published-catalog.ts';
import { newVocabulary } from './view.ts';

const AROUND = new Date('2026-03-02T01:00:00Z');
const clock = new ManualClock(AROUND);
let connection: Connection;
let host: Pick<Host, 'model' | 'snapshot' | 'clock' | 'logger'>;
const feeds: CatalogFeed<GeneratedClass>[] = [];
let commands: string[] = [];

beforeAll(async () => {
  connection = await mongoose
    .createConnection(testDatabaseUri(), { monitorCommands: true, autoCreate: false, autoIndex: false })
    .asPromise();
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    commands.push(`${commandName} ${String((command as Record<string, unknown>)[commandName])}`);
  });
  for (const { name, schema } of [...catalogModels, ...pricingModels, ...riskModels])
    connection.model(name, schema as mongoose.Schema, name);
  await Promise.all(connection.modelNames().map((name) => connection.createCollection(name)));
  host = {
    model: <T>(name: string) => connection.model(name) as unknown as Model<T>,
    snapshot: readSnapshot,
    clock,
    logger: createLogger('fatal'),
  };
  await publish(generatedCatalog({ seed: 3, products: 60, around: AROUND }));
});
afterAll(async () => {
  for (const feed of feeds) await feed.stop();
  await connection.destroy();
});

async function readSnapshot<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  try {
    session.startTransaction({ readConcern: { level: 'snapshot' } });
    return await read(session);
  } finally {
    if (session.inTransaction()) await session.abortTransaction();
    await session.endSession();
  }
}

/** Writes rows as the catalogue's write side does: all of a product's rows under one number, the counter last. */
async function publish(rows: CatalogRows): Promise<void> {
  const session = await connection.startSession();
  await session.withTransaction(async () => {
    const replace = async (name: string, records: readonly { readonly _id: string }[]) => {
      for (const record of records)
        await connection
          .model(name)
          .collection.replaceOne({ _id: record._id as never }, record, { upsert: true, session });
    };
    await replace(CATALOG.kinds, rows.kinds);
    await replace(CATALOG.categories, rows.categories);
    await replace(CATALOG.brands, rows.brands);
    for (const { product, versions, listings, prices, ratings } of rows.products) {
      const ofThis = { productId: product._id };
      for (const name of [CATALOG.versions, CATALOG.listings, PRICING_ROWS, RISK_RATINGS])
        await connection.model(name).collection.deleteMany(ofThis, { session });
      await replace(CATALOG.products, [product]);
      await replace(
        CATALOG.versions,
        versions.map(({ document, ...version }) => ({
          ...version,
          ...ofThis,
          _id: `${product._id}:${version.no}`,
          content: contentOf({ ...version, document }),
        })),
      );
      await replace(CATALOG.listings, listings);
      await replace(
        PRICING_ROWS,
        prices.map(({ id, ...row }) => ({ ...row, _id: id })),
      );
      await replace(RISK_RATINGS, ratings);
    }
    await replace(CATALOG.sequence, [{ _id: 'catalog', seq: rows.seq } as { _id: string }]);
  });
  await session.endSession();
}

async function openFeed(timing = {}): Promise<CatalogFeed<GeneratedClass>> {
  const feed = await openCatalogFeed({
    host,
    rules: { classify: SMALL_POLICY.classify, vocabulary: newVocabulary<GeneratedClass>() },
    timing,
  });
  feeds.push(feed);
  return feed;
}

function codesOnApp(feed: CatalogFeed<GeneratedClass>): string[] {
  const browse = new Browse({ catalog: feed.catalog, suitability: SMALL_POLICY, prices: new PriceAnswers() });
  const page = browse.list(
    { channel: 'APP', first: 100, sort: 'CODE', mode: 'BROWSE' },
    undefined,
    clock.now(),
  );
  return Array.from(page.slots, (slot) => page.view.rowsAt(slot).product.code);
}

describe('the feed of publications', () => {
  it('loads what was published, row for row', async () => {
    const published = generatedCatalog({ seed: 3, products: 60, around: AROUND });
    const loaded = await readSnapshot((session) => loadRows(host, session, 0));
    const inOrder = (rows: CatalogRows['products']) =>
      [...rows]
        .sort((a, b) => (a.product._id < b.product._id ? -1 : 1))
        .map(({ product, listings }) => ({
          product,
          listings: [...listings].sort((a, b) => (a._id < b._id ? -1 : 1)),
        }));
    expect(inOrder(loaded.products)).toEqual(inOrder(published.products));
    expect(new Set(loaded.kinds)).toEqual(new Set(published.kinds));
    const approved = (rows: CatalogRows) =>
      rows.products
        .flatMap(({ versions, prices, ratings }) => [...versions, ...prices, ...ratings])
        .filter(({ approvedSeq }) => approvedSeq !== undefined).length;
    expect(approved(loaded)).toBe(approved(published));
  });

  it('brings a publication to every process, and loads only what it touched', async () => {
    const [one, two] = [await openFeed({ pollMs: 20 }), await openFeed({ pollMs: 20 })];
    const before = codesOnApp(one);
    const gone = before[0]!;
    const rows = [...generatedCatalog({ seed: 3, products: 60, around: AROUND }).products];
    const delisted = rows.find(({ product }) => product.code === gone)!;
    const seq = one.catalog.seq + 1;
    await publish({
      seq,
      products: [{ ...delisted, product: { ...delisted.product, sale: 'DELISTED', seq } }],
      kinds: [],
      categories: [],
      brands: [],
    });
    await Promise.all([one.atLeast(seq), two.atLeast(seq)]);
    expect(codesOnApp(one)).toEqual(before.slice(1));
    expect(codesOnApp(two)).toEqual(before.slice(1));
    const later = await readSnapshot((session) => loadRows(host, session, seq - 1));
    expect(later.products.map(({ product }) => product.code)).toEqual([gone]);
  });

  it('refuses a read of a publication that does not arrive in time, saying what it holds', async () => {
    const feed = await openFeed({ pollMs: 20, waitMs: 60 });
    await expect(feed.atLeast(feed.catalog.seq + 5)).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining(`it holds ${feed.catalog.seq}`),
    });
  });

  it('asks the database nothing in 1,000 lists of a catalogue that stands', async () => {
    const feed = await openFeed({ pollMs: 3_600_000 });
    for (const other of feeds) if (other !== feed) await other.stop();
    const browse = new Browse({
      catalog: feed.catalog,
      suitability: SMALL_POLICY,
      prices: new PriceAnswers(),
    });
    const clients = generatedClients(9, 100, AROUND);
    commands = [];
    for (let turn = 0; turn < 1000; turn++) {
      const client = clients[turn % clients.length]!;
      const page = browse.list(
        { channel: 'APP', first: 20, sort: 'NAME', mode: 'BROWSE' },
        client,
        clock.now(),
      );
      const asker = priceAsker(browse.prices, page, { quantity: 1 });
      for (const slot of page.slots) asker.ask(page.view.standingAt(slot));
    }
    // What the loop would have sent is on its way only after a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(commands).toEqual([]);
    await readSnapshot((session) => loadRows(host, session, feed.catalog.seq));
    expect(commands.length).toBeGreaterThan(0);
  });

  it('finds what a later publication changed while it was loading the one before', async () => {
    const feed = await openFeed({ pollMs: 5 });
    const dice = new Dice(77);
    for (let turn = 0; turn < 5; turn++) {
      const seq = (await openFeed()).catalog.seq + 1;
      await publish({
        seq,
        products: [generatedProduct(dice, 60 + turn, seq, { around: AROUND, settled: true })],
        kinds: [],
        categories: [],
        brands: [],
      });
    }
    const fresh = await openFeed();
    await feed.atLeast(fresh.catalog.seq);
    expect(codesOnApp(feed)).toEqual(codesOnApp(fresh));
  });
});
