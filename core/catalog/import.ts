import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import type { PriceRowInput } from '../pricing/input.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import { canonicalJson } from '../trace/record.ts';
import { missingToSubmit } from './attributes.ts';
import { chunksOf, collection } from './collections.ts';
import {
  codeErrors,
  contentShapeErrors,
  newProduct,
  newVersion,
  saveDraft,
  type NewProduct,
} from './drafts.ts';
import { allKinds, kindInUse, kindMissing } from './kinds.ts';
import { loadNewestVersions } from './loading.ts';
import { isRefused } from './outcome.ts';
import { below } from './parts.ts';
import { lastPublished, PUBLICATION_PRODUCTS_MAX } from './publish.ts';
import {
  CATALOG,
  type KindRecord,
  type PriceRowRecord,
  type ProductRecord,
  type RiskRatingRecord,
  type VersionRecord,
} from './records.ts';
import { submitProducts, VERSION_SUBJECT } from './submission.ts';
import { loadTree } from './trees.ts';

export interface ImportOptions {
  /** Submits what is complete, with this reason; without it everything stays a draft. */
  readonly submitBecause?: string;
  /** Only says what would be created, changed or refused. */
  readonly dryRun?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImportedProducts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Created or changed, but not submitted because something is missing; by the code of what is missing. */
  readonly incomplete: Readonly<Record<string, number>>;
  /** Rows that were refused: their place in `rows`, and everything that stands against each. */
  readonly refused: readonly {
    readonly index: number;
    readonly code: string;
    readonly reasons: readonly Reason[];
  }[];
  readonly approvalIds: readonly string[];
}

interface Tally {
  created: number;
  changed: number;
  unchanged: number;
  readonly incomplete: Record<string, number>;
  readonly refused: { index: number; code: string; reasons: readonly Reason[] }[];
  readonly approvalIds: string[];
}

interface Row {
  readonly index: number;
  readonly input: NewProduct;
}

/**
 * Brings in products by their codes: new ones with version, prices and rating in one transaction per 500, changed ones
 * as drafts of a next version, and nothing at all for those that are as the rows say. So it can be repeated.
 */
export async function importProducts(
  host: Host,
  actor: Actor,
  inputs: readonly NewProduct[],
  options: ImportOptions = {},
): Promise<ImportedProducts> {
  const tally: Tally = { created: 0, changed: 0, unchanged: 0, incomplete: {}, refused: [], approvalIds: [] };
  const rows = withoutRepeats(inputs, tally);
  let done = inputs.length - rows.length;
  await inLanes(chunksOf(rows, PUBLICATION_PRODUCTS_MAX), async (chunk) => {
    const known = await compare(host, chunk, tally);
    await createChunk(host, actor, known.fresh, options, tally);
    await changeChunk(host, actor, known.changed, options, tally);
    done += chunk.length;
    options.onProgress?.(done, inputs.length);
  });
  tally.refused.sort((a, b) => a.index - b.index);
  return tally;
}

const LANES = 2;

/**
 * Two chunks under way at once: while the database writes one, the next is compared and built. They have no product in
 * common. After a failure no further chunk is begun, and it is told when the other has ended.
 */
async function inLanes<T>(chunks: Iterable<T>, work: (chunk: T) => Promise<void>): Promise<void> {
  const queue = inTurn(chunks);
  const lane = async () => {
    for (const chunk of queue) await work(chunk);
  };
  const ends = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** An iterator that whoever breaks off from closes for everybody, which that of a list is not. */
function* inTurn<T>(items: Iterable<T>): Generator<T> {
  yield* items;
}

function withoutRepeats(inputs: readonly NewProduct[], tally: Tally): Row[] {
  const firstIndex = new Map<string, number>();
  return inputs.flatMap((input, index) => {
    const first = firstIndex.get(input.code);
    if (first === undefined) {
      firstIndex.set(input.code, index);
      return [{ index, input }];
    }
    const text = {
      zh: `代码“${input.code}”重复出现。`,
      en: `The code "${input.code}" stands in an earlier row too.`,
    };
    tally.refused.push({ index, code: input.code, reasons: [{ code: 'CODE_REPEATED', text, path: 'code' }] });
    return [];
  });
}

/** Sorts a chunk into new, changed and unchanged rows, with one read per collection. */
async function compare(host: Host, chunk: readonly Row[], tally: Tally) {
  return host.snapshot(async (session) => {
    const tx = { session };
    const products = await collection<ProductRecord>(host, CATALOG.products)
      .find({ code: { $in: chunk.map(({ input }) => input.code) } }, { session })
      .toArray();
    const byCode = new Map(products.map((product) => [product.code, product]));
    const ids = products.map((product) => product._id);
    const none = ids.length === 0;
    const versions = none ? new Map() : await loadNewestVersions(host, tx, products);
    const prices = groupBy(none ? [] : await host.service(pricingService).rowsOf(ids, tx));
    const ratings = groupBy(none ? [] : await host.service(riskService).ratingsOf(ids, tx));
    const fresh: Row[] = [];
    const changed: (Row & { product: ProductRecord })[] = [];
    for (const row of chunk) {
      const product = byCode.get(row.input.code);
      if (!product) fresh.push(row);
      else if (
        sameContent(versions.get(product._id), row.input) &&
        samePrices(prices.get(product._id) ?? [], row.input.prices) &&
        sameRating(ratings.get(product._id) ?? [], row.input.rating)
      )
        tally.unchanged++;
      else changed.push({ ...row, product });
    }
    return { fresh, changed };
  });
}

async function createChunk(
  host: Host,
  actor: Actor,
  rows: readonly Row[],
  options: ImportOptions,
  tally: Tally,
): Promise<void> {
  if (rows.length === 0) return;
  const kinds = await allKinds(host);
  const refers = rows.some(({ input }) => input.content.categoryId ?? input.content.brandId);
  const trees = refers
    ? { categories: await loadTree(host, 'categories'), brands: await loadTree(host, 'brands') }
    : { categories: new Map(), brands: new Map() };
  const accepted: NewProduct[] = [];
  for (const { index, input } of rows) {
    const reasons = reasonsAgainst(host, input, kindInUse(kinds, input.kind), trees);
    if (reasons.length > 0) tally.refused.push({ index, code: input.code, reasons });
    else accepted.push(input);
  }
  if (accepted.length === 0) return;
  if (options.dryRun) {
    tally.created += accepted.length;
    return;
  }
  const written = await host.transact(actor, (tx) =>
    writeNew(host, tx, kinds, accepted, options.submitBecause),
  );
  tally.created += accepted.length;
  if (written.approvalId !== undefined) tally.approvalIds.push(written.approvalId);
  for (const code of written.missing) tally.incomplete[code] = (tally.incomplete[code] ?? 0) + 1;
}

interface Written {
  readonly approvalId?: string;
  /** Codes of what is missing, once per product and code. */
  readonly missing: readonly string[];
}

/** Everything of a chunk of new products in a few bulk writes: ids are made here, so that nothing is read back. */
async function writeNew(
  host: Host,
  tx: Tx,
  kinds: ReadonlyMap<string, KindRecord>,
  inputs: readonly NewProduct[],
  submitBecause: string | undefined,
): Promise<Written> {
  const seq = await lastPublished(host, tx);
  const missing: string[] = [];
  const all = inputs.map((input) => {
    const product = newProduct(input, tx.at);
    const kind = kinds.get(input.kind)!;
    const version = newVersion(product, 1, kind, input, tx, seq);
    const has = { price: (input.prices ?? []).length > 0, riskRating: input.rating !== undefined };
    const lacking = submitBecause === undefined ? [] : missingToSubmit(kind, version.content, has);
    missing.push(...lacking.map((reason) => reason.code));
    return { input, product, version, submitted: submitBecause !== undefined && lacking.length === 0 };
  });
  const submitted = all.filter((one) => one.submitted);
  const approvalId =
    submitted.length === 0
      ? undefined
      : await host.service(approvalService).propose(tx, {
          type: VERSION_SUBJECT,
          subjectIds: submitted.map(({ product }) => product._id),
          change: { versions: submitted.map(({ product }) => ({ productId: product._id, no: 1 })) },
          reason: submitBecause!,
        });
  const by = { id: tx.actor.id, name: tx.actor.name };
  for (const { product, version } of submitted) {
    product.lastReview = 'IN_REVIEW';
    Object.assign(version, { review: 'IN_REVIEW', approvalId, reason: submitBecause, submittedBy: by });
  }
  const session = tx.session;
  await collection<ProductRecord>(host, CATALOG.products).insertMany(
    all.map(({ product }) => product),
    { session },
  );
  await collection<VersionRecord>(host, CATALOG.versions).insertMany(
    all.map(({ version }) => version),
    { session },
  );
  for (const [group, id] of [
    [submitted, approvalId],
    [all.filter((one) => !one.submitted), undefined],
  ] as const)
    await writeParts(host, tx, group, seq, id);
  for (const { product, submitted: inReview } of all)
    tx.trace({
      action: inReview ? 'product.imported-submitted' : 'product.imported',
      subject: { type: 'Product', id: product._id },
      ...(submitBecause === undefined ? {} : { reason: submitBecause }),
      details: { code: product.code, kind: product.kind, versionNo: 1, ...(inReview ? { approvalId } : {}) },
    });
  if (approvalId === undefined) return { missing };
  const productIds = submitted.map(({ product }) => product._id);
  tx.publish({ name: 'product.submitted', key: approvalId, payload: { approvalId, productIds } });
  return { approvalId, missing };
}

async function writeParts(
  host: Host,
  tx: Tx,
  group: readonly { readonly product: ProductRecord; readonly input: NewProduct }[],
  seq: number,
  approvalId: string | undefined,
): Promise<void> {
  const priced = group.map(({ product, input }) => ({ productId: product._id, rows: input.prices ?? [] }));
  await host.service(pricingService).insertFirstRows(tx, priced, seq, approvalId);
  const rated = group.flatMap(({ product, input }) =>
    input.rating ? [{ productId: product._id, rating: input.rating }] : [],
  );
  await host.service(riskService).insertFirstRatings(tx, rated, seq, approvalId);
}

/** Changed products are few: each goes the way of an ordinary draft, and the complete ones are submitted together. */
async function changeChunk(
  host: Host,
  actor: Actor,
  rows: readonly (Row & { product: ProductRecord })[],
  options: ImportOptions,
  tally: Tally,
): Promise<void> {
  if (options.dryRun) {
    tally.changed += rows.length;
    return;
  }
  const saved: string[] = [];
  for (const { index, input, product } of rows) {
    const result = await saveDraft(host, actor, product._id, input, product.revision);
    if (isRefused(result)) tally.refused.push({ index, code: input.code, reasons: result.refused });
    else saved.push(product._id);
  }
  tally.changed += saved.length;
  if (options.submitBecause === undefined || saved.length === 0) return;
  const submission = await submitProducts(host, actor, saved, options.submitBecause);
  tally.approvalIds.push(...submission.approvalIds);
  for (const { code } of submission.outcomes.flatMap((outcome) => outcome.refused ?? []))
    tally.incomplete[code] = (tally.incomplete[code] ?? 0) + 1;
}

function reasonsAgainst(
  host: Host,
  input: NewProduct,
  kind: KindRecord | undefined,
  trees: { readonly categories: ReadonlyMap<string, unknown>; readonly brands: ReadonlyMap<string, unknown> },
): Reason[] {
  if (!kind) return [kindMissing(input.kind)];
  const reasons = [...codeErrors(input.code), ...contentShapeErrors(kind, input)];
  const { categoryId, brandId } = input.content;
  for (const [path, unknown] of [
    ['categoryId', categoryId !== undefined && !trees.categories.has(categoryId)],
    ['brandId', brandId !== undefined && !trees.brands.has(brandId)],
  ] as const)
    if (unknown)
      reasons.push({
        code: 'REFERENCE_UNKNOWN',
        text: { zh: `不存在的引用：${path}。`, en: `${path} names nothing that exists.` },
        path,
      });
  if (input.prices) {
    const at = input.saleFrom ?? host.clock.now();
    reasons.push(...below('prices', host.service(pricingService).check(input.code, input.prices, at)));
  }
  if (input.rating) reasons.push(...below('rating', host.service(riskService).check(input.rating)));
  return reasons;
}

function sameContent(version: VersionRecord | undefined, input: NewProduct): boolean {
  if (!version) return false;
  const { kindVersion: _kindVersion, ...stored } = version.content;
  return canonicalJson(stored) === canonicalJson(input.content);
}

function samePrices(
  stored: readonly PriceRowRecord[],
  inputs: readonly PriceRowInput[] | undefined,
): boolean {
  if (inputs === undefined) return true;
  const live = stored.filter((row) => row.closed === undefined && row.retractedSeq === undefined);
  const say = (row: PriceRowInput) =>
    canonicalJson([
      row.scope ?? { kind: 'everyone' },
      row.channel ?? null,
      row.currency,
      row.amountMinor,
      row.billing,
      row.quantityFrom ?? 1,
      row.pointsShareMaxPct ?? null,
    ]);
  return canonicalJson(live.map(say).sort()) === canonicalJson(inputs.map(say).sort());
}

function sameRating(stored: readonly RiskRatingRecord[], input: NewProduct['rating']): boolean {
  if (input === undefined) return true;
  const last = stored.findLast((row) => row.closed === undefined);
  if (!last || last.validUntil <= input.ratedAt) return false;
  const say = ({ level, score, evidence, modelVersion, basis }: NonNullable<NewProduct['rating']>) =>
    canonicalJson([level, score, evidence, modelVersion, basis]);
  return say(last) === say(input);
}

function groupBy<T extends { readonly productId: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.productId);
    if (group) group.push(row);
    else groups.set(row.productId, [row]);
  }
  return groups;
}
