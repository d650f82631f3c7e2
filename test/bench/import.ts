import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Db, type Document } from 'mongodb';
import { systemActor } from '../../core/access/actor.ts';
import { startApp, type App } from '../../core/app.ts';
import { parseConfig } from '../../core/config.ts';
import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { createLogger } from '../../core/log.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { fundListCsv } from '../support/fund-list.ts';
import { inventedFunds } from '../support/invented-funds.ts';
import { realDataPath } from '../support/real-data.ts';
import { interleaved, perSecond, type BenchOptions, type BenchReport } from './report.ts';

const FUNDS = 8993;
const QUICK_FUNDS = 1000;

/**
 * The import of a whole fund list against `insertMany` of the very documents that it writes: products, versions, price
 * rows, ratings and traces, each into a fresh collection with the same indexes of the same engine.
 */
export async function importRows(report: BenchReport, { quick }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const engine = await launchEmbedded({ dataFolder: join(folder, 'database') });
  const client = await new MongoClient(engine.uri).connect();
  try {
    const { file, source } = fundList(folder, quick);
    const side = { folder, file, client, uri: engine.uri };
    report.progress(`import of ${source} and insertMany of the same documents`);
    const first = await importOnce(side, 'first');
    const written = await documentsOf(first);
    const [imported, raw] = await interleaved(quick ? 3 : 5, [
      async () => (await importOnce(side)).rate,
      () => insertOnce(client, written, first.rows),
    ]);
    const documents = written.reduce((total, one) => total + one.documents.length, 0);
    report.add({
      what: `import of ${source} (${documents} documents in ${written.length} collections)`,
      figure: `${perSecond(imported)} funds`,
      against: `${perSecond(raw)}, raw insertMany of the same documents`,
      ratio: imported / raw,
      goal: { atLeast: 0.5 },
    });
  } finally {
    await client.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface ImportSide {
  readonly folder: string;
  readonly file: string;
  readonly client: MongoClient;
  readonly uri: string;
}

interface Imported {
  readonly db: Db;
  readonly before: ReadonlyMap<string, number>;
  readonly rows: number;
  /** Funds a second. */
  readonly rate: number;
}

let databases = 0;

/** One import into a fresh installation, by the importer that `npm run import` runs; its start is not counted. */
async function importOnce({ folder, file, client, uri }: ImportSide, keep?: 'first'): Promise<Imported> {
  const db = client.db(`bench-${++databases}`);
  const app = await startInstallation(folder, uri, db.databaseName);
  try {
    const before = await counts(db);
    const importer = app.hosts.core.declared('importers').find(({ name }) => name === 'funds')!;
    const started = performance.now();
    const { rows, created, problems } = await importer.run(
      { file, actor: systemActor('bench'), dryRun: false, onProgress: () => {} },
      app.hosts.of(importer.owner),
    );
    const seconds = (performance.now() - started) / 1000;
    if (created !== rows || problems.length > 0)
      throw new Error(`Of ${rows} funds ${created} were imported, with ${problems.length} problems.`);
    return { db, before, rows, rate: rows / seconds };
  } finally {
    await app.stop();
    if (!keep) await db.dropDatabase();
  }
}

function startInstallation(folder: string, uri: string, database: string): Promise<App> {
  const config = parseConfig({
    TESSERA_DATA: mkdtempSync(join(folder, 'data-')),
    TESSERA_ROLE: 'api',
    TESSERA_SAMPLE: '0',
    LOG_LEVEL: 'fatal',
    PORT: '0',
  });
  const databaseUri = new URL(uri);
  databaseUri.pathname = `/${database}`;
  const logger = createLogger(config.logLevel);
  return startApp({ config, databaseUri: databaseUri.toString(), plugins: installedPlugins, logger });
}

interface Written {
  readonly name: string;
  readonly documents: Document[];
  readonly indexes: readonly Document[];
}

/** Everything in the collections that the import made larger: those were empty before, so it is what it wrote. */
async function documentsOf({ db, before }: Imported): Promise<Written[]> {
  const written: Written[] = [];
  for (const [name, count] of await counts(db)) {
    const earlier = before.get(name) ?? 0;
    if (count <= earlier) continue;
    const documents = await db.collection(name).find().toArray();
    const indexes = await db.collection(name).indexes();
    // What the start of an installation wrote is a handful beside thousands: it is left out by its place.
    written.push({ name, documents: documents.slice(earlier), indexes });
  }
  await db.dropDatabase();
  return written;
}

async function counts(db: Db): Promise<Map<string, number>> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const found = new Map<string, number>();
  for (const name of names) found.set(name, await db.collection(name).countDocuments());
  return found;
}

async function insertOnce(client: MongoClient, written: readonly Written[], rows: number): Promise<number> {
  const db = client.db(`bench-${++databases}`);
  for (const { name, indexes } of written) {
    await db.createCollection(name);
    for (const { key, v: _v, ns: _ns, ...options } of indexes)
      if (options.name !== '_id_') await db.collection(name).createIndex(key as never, options);
  }
  const started = performance.now();
  for (const { name, documents } of written)
    await db.collection(name).insertMany(documents, { writeConcern: { w: 'majority' } });
  const seconds = (performance.now() - started) / 1000;
  await db.dropDatabase();
  return rows / seconds;
}

function fundList(folder: string, quick: boolean): { readonly file: string; readonly source: string } {
  const real = realDataPath('funds.csv');
  const file = join(folder, 'funds.csv');
  if (existsSync(real) && !quick) return { file: real, source: 'the real funds' };
  const count = quick ? QUICK_FUNDS : FUNDS;
  const csv = existsSync(real)
    ? firstLines(readFileSync(real, 'utf8'), count)
    : fundListCsv(inventedFunds({ seed: 17, count, onDate: '2026-01-01' }));
  writeFileSync(file, csv);
  return { file, source: `${count} ${existsSync(real) ? 'of the real' : 'invented'} funds` };
}

function firstLines(text: string, rows: number): string {
  return `${text
    .split('\n')
    .slice(0, rows + 1)
    .join('\n')}\n`;
}
