import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { mongo } from 'mongoose';
import { systemActor } from '../../core/access/actor.ts';
import { CATALOG, PRICING_ROWS, RISK_RATINGS } from '../../core/catalog/records.ts';
import type {
  ListingRecord,
  PriceRowRecord,
  ProductRecord,
  RiskRatingRecord,
  VersionRecord,
} from '../../core/catalog/records.ts';
import { priceRow } from '../../core/catalog/snapshot/load.ts';
import { CUSTOMER } from '../../core/customer/records.ts';
import { decisionClient } from '../../core/customer/decision-client.ts';
import { customerService } from '../../core/customer/service.ts';
import { quote } from '../../core/pricing/quote.ts';
import { sampleClients } from '../../core/sample/clients.ts';
import { readClients, readFirm } from '../../core/sample/firm.ts';
import { loadHouse } from '../../core/sample/load-house.ts';
import { decide } from '../../core/suitability/decide.ts';
import type { SuitabilityProduct } from '../../core/suitability/facts.ts';
import { suitabilityService } from '../../core/suitability/service.ts';
import { businessDate } from '../../core/time/business-day.ts';
import { LIST_CLIENTS, LIST_QUERY, listVariables } from '../bench/list-question.ts';
import { eventually } from '../support/eventually.ts';
import { BRANDS, CATEGORIES } from '../support/generated-catalog.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { PRIVATE_KIND, publishFunds } from '../support/published-funds.ts';

const SAMPLE = 200;
const asked = Array.from({ length: SAMPLE }, (_, index) => index * (LIST_CLIENTS / SAMPLE) + (index % 10));
let first: TestPlatform;
/** Another process on the same data, whose database commands are heard. */
let platform: TestPlatform;
let token: string;
let funds: Fund[];

beforeAll(async () => {
  first = await startPlatform();
  const host = first.app.hosts.core;
  const at = host.clock.now();
  await loadHouse(host, businessDate(at));
  const paths = readFirm().branches.map((branch) => branch.path);
  const clients = sampleClients(readClients(), paths, businessDate(at));
  await host.service(customerService).upsert(
    systemActor('test'),
    asked.map((client) => clients[client]!),
  );
  await publishFunds(first.app, { seed: 3, count: 300, at });
  funds = await readFunds(first, at);
  const databaseUri = new URL(first.databaseUri);
  databaseUri.searchParams.set('monitorCommands', 'true');
  platform = await startPlatform({ beside: { ...first, databaseUri: databaseUri.toString() } });
  token = platform.apiClients.find(({ channel }) => channel === 'APP')!.token;
});
afterAll(async () => {
  await platform.stop();
  await first.stop();
});

/** One fund's rows as they stand in the database. */
interface Fund {
  readonly product: ProductRecord;
  readonly content: VersionRecord['content'];
  readonly prices: readonly PriceRowRecord[];
  readonly rating: RiskRatingRecord;
}

async function readFunds({ app }: TestPlatform, at: Date): Promise<Fund[]> {
  const rows = <Row extends object>(name: string) =>
    (app.hosts.core.model(name).collection as unknown as mongo.Collection<Row & mongo.BSON.Document>)
      .find()
      .toArray();
  const products = await rows<ProductRecord>(CATALOG.products);
  const versions = await rows<VersionRecord>(CATALOG.versions);
  const listings = await rows<ListingRecord>(CATALOG.listings);
  const prices = await rows<PriceRowRecord>(PRICING_ROWS);
  const ratings = await rows<RiskRatingRecord>(RISK_RATINGS);
  const onApp = new Set(
    listings
      .filter(({ channel, visibleFrom }) => channel === 'APP' && visibleFrom <= at)
      .map(({ productId }) => productId),
  );
  return products
    .filter((product) => product.sale === 'LISTED' && onApp.has(product._id))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((product) => ({
      product,
      content: versions.find(({ productId }) => productId === product._id)!.content,
      prices: prices.filter(({ productId }) => productId === product._id),
      rating: ratings.find(({ productId }) => productId === product._id)!,
    }));
}

type Filter = Partial<
  Record<'categories' | 'brands' | 'riskLevels' | 'kinds', readonly string[]> & {
    attributes: readonly { attribute: string; values: readonly string[] }[];
  }
>;

function matches({ product, content, rating }: Fund, filter: Filter): boolean {
  const under = (tree: typeof CATEGORIES, id: string | undefined, codes: readonly string[]): boolean => {
    const node = tree.find(({ _id }) => _id === id);
    return node !== undefined && (codes.includes(node.code) || under(tree, node.parentId, codes));
  };
  const { categories, brands, riskLevels, kinds, attributes = [] } = filter;
  return (
    (!categories || under(CATEGORIES, content.categoryId, categories)) &&
    (!brands || under(BRANDS, content.brandId, brands)) &&
    (!riskLevels || riskLevels.includes(rating.level)) &&
    (!kinds || kinds.includes(product.kind)) &&
    attributes.every(({ attribute, values }) => values.includes(String(content.attributes[attribute])))
  );
}

/** What the list must answer, from the rows alone: every fund decided and priced by itself. */
async function computed(client: number, at: Date): Promise<unknown> {
  const { customerNo, filter } = listVariables(client);
  const host = first.app.hosts.core;
  const facts = decisionClient((await host.service(customerService).factsOf(customerNo, at))!);
  const policy = host.service(suitabilityService).policy();
  const decided = (fund: Fund) => decide(policy, facts, suitabilityOf(fund), { at, channel: 'APP' });
  const shown = funds.filter(
    (fund) => matches(fund, filter) && (fund.product.kind !== PRIVATE_KIND || decided(fund).visible),
  );
  const items = shown.slice(0, 20).map((fund) => {
    const { outcome, recommendable, dimensions, eligibility, duties } = decided(fund);
    return {
      product: {
        code: fund.product.code,
        name: { zh: fund.content.name.zh },
        riskRating: { level: fund.rating.level },
      },
      price: priceOf(fund, facts, at),
      outcome,
      recommendable,
      reasons: [...dimensions, ...eligibility].map(({ reason }) => reason),
      duties: duties.map(({ code }) => ({ code })),
    };
  });
  return { totalCount: shown.length, items };
}

function suitabilityOf({ product, content, rating }: Fund): SuitabilityProduct {
  const { term, investmentKind } = content.attributes as Pick<SuitabilityProduct, 'term' | 'investmentKind'>;
  return {
    id: product._id,
    kind: product.kind,
    nature: 'FINANCIAL',
    nonPublic: product.kind === PRIVATE_KIND,
    needs: [],
    rating: { id: rating._id, level: rating.level, validUntil: rating.validUntil },
    ...(term === undefined ? {} : { term }),
    ...(investmentKind === undefined ? {} : { investmentKind }),
  };
}

/** A free line goes before the others, yuan before points. */
function priceOf({ prices }: Fund, client: ReturnType<typeof decisionClient>, at: Date): unknown {
  const { lines } = quote(prices.map(priceRow), {
    client,
    channel: 'APP',
    quantity: 1,
    at,
    knownSeq: prices[0]!.recordedSeq,
  });
  const priced = lines.flatMap((line) => (line.outcome === 'PRICE' ? [line] : []));
  const line = priced.find(({ payMinor }) => payMinor === 0) ?? priced[0]!;
  return { amountMinor: line.payMinor, currency: line.currency, billing: line.billing };
}

interface Listed {
  readonly browseProducts: {
    readonly totalCount: number;
    readonly edges: readonly {
      readonly node: {
        readonly product: unknown;
        readonly price: unknown;
        readonly suitability: {
          readonly outcome: string;
          readonly recommendable: boolean;
          readonly reasons: readonly { readonly code: string; readonly text: { readonly zh: string } }[];
          readonly duties: unknown;
        };
      };
    }[];
  };
}

async function listFor(client: number): Promise<Listed['browseProducts']> {
  const { status, data } = await platform.graphql<Listed>(token, LIST_QUERY, listVariables(client));
  expect(status).toBe(200);
  return data.browseProducts;
}

describe('the list of a touchpoint', () => {
  test('answers 200 clients as decisions and quotes on the rows of the database do', async () => {
    const outcomes = new Set<string>();
    for (const client of asked) {
      const { totalCount, edges } = await listFor(client);
      const items = edges.map(({ node: { product, price, suitability } }) => {
        const { outcome, recommendable, reasons, duties } = suitability;
        outcomes.add(outcome);
        expect(reasons.every(({ text }) => text.zh !== '')).toBe(true);
        return { product, price, outcome, recommendable, reasons: reasons.map(({ code }) => code), duties };
      });
      expect({ client, totalCount, items }).toEqual({
        client,
        ...((await computed(client, new Date())) as object),
      });
    }
    expect([...outcomes].sort()).toEqual(['EXPIRED', 'FORBIDDEN', 'INCOMPLETE', 'MATCH', 'WARN_REQUIRED']);
  }, 180_000);

  test('asks the database for no catalogue, price or client while 1,000 warm lists are answered', async () => {
    const commands: string[] = [];
    const hear = ({ command }: mongo.CommandStartedEvent) => {
      const [name = '', collection] = Object.entries(command)[0] ?? [];
      commands.push(`${name} ${String(collection)}`);
    };
    const client = platform.app.database.connection.getClient();
    client.on('commandStarted', hear);
    const answered = async () => {
      commands.length = 0;
      for (let round = 0; round < 1000 / SAMPLE; round++)
        for (let from = 0; from < asked.length; from += 20)
          await Promise.all(asked.slice(from, from + 20).map((one) => listFor(one)));
      const data = new RegExp(`^\\w+ (${[CUSTOMER.customers, ...CATALOGUE].join('|')})$`);
      return commands.filter((command) => data.test(command));
    };
    // A process that could not poll for a second reads clients again, which a busy machine may bring about.
    await eventually('1,000 lists from memory', async () => (await answered()).length === 0, 120_000);
    // It was heard at all: the polls that keep the memory true.
    expect(commands).toContain(`find ${CATALOG.sequence}`);
    client.off('commandStarted', hear);
  }, 180_000);
});

const CATALOGUE = [
  CATALOG.products,
  CATALOG.versions,
  CATALOG.listings,
  CATALOG.categories,
  CATALOG.brands,
  CATALOG.kinds,
  PRICING_ROWS,
  RISK_RATINGS,
];
