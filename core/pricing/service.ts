import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import { collection } from '../catalog/collections.ts';
import { noProduct } from '../catalog/drafts.ts';
import { orAbandoned, refuse, type Refused } from '../catalog/outcome.ts';
import type { PartDecision } from '../catalog/parts.ts';
import { lastPublished, publishIn } from '../catalog/publish.ts';
import {
  CATALOG,
  PRICING_BOOKS,
  PRICING_ROWS,
  type PriceBookRecord,
  type PriceRowRecord,
  type ProductRecord,
} from '../catalog/records.ts';
import { customerService } from '../customer/service.ts';
import { clubRanks } from '../customer/tiers.ts';
import type { Tx } from '../db/database.ts';
import type { ApprovalDiffLine, ApprovedChange, Host, Reason } from '../plugin/contract.ts';
import type { AmbiguityFacts } from './ambiguity.ts';
import { ambiguityReasons, shapeReasons, toRowRecord } from './check.ts';
import type { PriceRowInput } from './input.ts';
import type { PriceChange, PricingService } from './token.ts';

export const PRICE_SUBJECT = 'pricing.rows';

/** Without ranks, rows of two clubs count as ambiguous unless they differ otherwise. */
const NO_CLUBS: AmbiguityFacts = { clubRanks: {} };

const OPEN = { approvalId: { $exists: false }, approvedSeq: { $exists: false }, closed: { $exists: false } };

export function createPricing(host: Host): PricingService {
  return {
    proposeRows: (actor, change) => proposeRows(host, actor, change),
    saveDraftRows: (tx, productId, rows) => saveDraftRows(host, tx, productId, rows),
    check: (productId, inputs, at) => {
      const made = { at, recordedSeq: 0, maker: { id: '', name: '' } };
      const records = inputs.map((input, index) => toRowRecord(productId, index + 1, input, made));
      const wrong = shapeReasons(records);
      return wrong.length > 0 ? wrong : ambiguityReasons(records, NO_CLUBS);
    },
    insertFirstRows: (tx, first, recordedSeq, approvalId) =>
      insertFirstRows(host, tx, first, recordedSeq, approvalId),
    rowsOf: (productIds, tx) => rowsOf(host, productIds, tx),
    present: (tx, productIds) => present(host, tx, productIds),
    attach: async (tx, productIds, approvalId) => {
      await rows(host).updateMany(
        { productId: { $in: [...productIds] }, ...OPEN },
        { $set: { approvalId, recordedSeq: await lastPublished(host, tx) } },
        { session: tx.session },
      );
    },
    approve: (tx, decision) => approve(host, tx, decision),
    close: async (tx, { approvalId, productIds, as }) => {
      await rows(host).updateMany(
        { approvalId, productId: { $in: [...productIds] } },
        { $set: { closed: as } },
        { session: tx.session },
      );
    },
    reopen: (tx, productId) => reopen(host, tx, productId),
  };
}

/** The approval's `apply`: the rows come into force, and the rows that they take back end, under one number. */
export async function applyRows(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  await publishIn(tx, host, async (seq) => {
    const [productId] = approval.subjectIds as [string];
    await approve(host, tx, { approvalId: approval.id, productIds: [productId], seq });
    await retract(host, tx, (approval.change.retract as string[] | undefined) ?? [], seq);
    await collection<ProductRecord>(host, CATALOG.products).updateOne(
      { _id: productId },
      { $set: { seq, changedAt: tx.at }, $inc: { revision: 1 } },
      { session: tx.session },
    );
    tx.trace({
      action: 'price.approved',
      subject: { type: 'Product', id: productId },
      reason: approval.reason,
      details: { approvalId: approval.id, seq },
    });
    tx.publish({ name: 'price.approved', key: 'catalog', payload: { productIds: [productId], seq } });
  });
}

export async function closeRows(
  tx: Tx,
  approval: ApprovedChange,
  as: 'REJECTED' | 'WITHDRAWN',
  host: Host,
): Promise<void> {
  await rows(host).updateMany({ approvalId: approval.id }, { $set: { closed: as } }, { session: tx.session });
  tx.trace({
    action: as === 'REJECTED' ? 'price.rejected' : 'price.withdrawn',
    subject: { type: 'Product', id: approval.subjectIds[0]! },
    reason: approval.comment ?? approval.reason,
    details: { approvalId: approval.id },
  });
}

/** For the checker: each row that would come, beside the row that it takes back. */
export async function diffRows(approval: ApprovedChange, host: Host): Promise<readonly ApprovalDiffLine[]> {
  const all = await rowsOf(host, approval.subjectIds);
  const title = { zh: '价格行', en: 'Price row' };
  const byId = new Map(all.map((row) => [row._id, row]));
  const coming = all
    .filter((row) => row.approvalId === approval.id)
    .map((row) => ({ path: row._id, title, before: say(byId.get(row.retracts ?? '')), after: say(row) }));
  const going = ((approval.change.retract as string[] | undefined) ?? []).map((id) => ({
    path: id,
    title,
    before: say(byId.get(id)),
    after: null,
  }));
  return [...coming, ...going];
}

async function proposeRows(
  host: Host,
  actor: Actor,
  change: PriceChange,
): Promise<{ readonly approvalId: string } | Refused> {
  return orAbandoned<{ readonly approvalId: string }, Refused>(
    host.transact(actor, async (tx) => {
      const { productId, retract: taken = [] } = change;
      await mustExist(host, tx, productId);
      const { added, before } = await prepare(host, tx, productId, change.rows);
      const wrong = retractReasons([...taken, ...change.rows.flatMap((row) => row.retracts ?? [])], before);
      const rest = before.filter((row) => !taken.includes(row._id));
      if (wrong.length === 0) wrong.push(...(await ambiguousAmong(host, tx, [...rest, ...added])));
      if (added.length === 0 && taken.length === 0) wrong.push(nothingToChange());
      if (wrong.length > 0) refuse(...wrong);
      const approvalId = await host.service(approvalService).propose(tx, {
        type: PRICE_SUBJECT,
        subjectIds: [productId],
        change: { rows: added.map((row) => row._id), retract: [...taken] },
        reason: change.reason,
      });
      await insert(
        host,
        tx,
        added.map((row) => ({ ...row, approvalId })),
      );
      tx.trace({
        action: 'price.proposed',
        subject: { type: 'Product', id: productId },
        reason: change.reason,
        details: { approvalId, rows: added.map(say), retract: taken },
      });
      return { approvalId };
    }),
  );
}

async function saveDraftRows(
  host: Host,
  tx: Tx,
  productId: string,
  inputs: readonly PriceRowInput[],
): Promise<readonly Reason[]> {
  await rows(host).deleteMany({ productId, ...OPEN }, { session: tx.session });
  const { added, before, wrong } = await prepareChecked(host, tx, productId, inputs);
  if (wrong.length > 0) return wrong;
  const ambiguous = await ambiguousAmong(host, tx, [...before, ...added]);
  if (ambiguous.length > 0) return ambiguous;
  await insert(host, tx, added);
  return [];
}

/** Pairs without precedence; the ranks by which clubs are ordered are read only where a row is for a club. */
async function ambiguousAmong(host: Host, tx: Tx, all: readonly PriceRowRecord[]): Promise<Reason[]> {
  const ofClubs = all.some((row) => row.scope.kind === 'club' && row.closed === undefined);
  const facts = ofClubs
    ? { clubRanks: clubRanks(await host.service(customerService).scheme(tx.at)) }
    : NO_CLUBS;
  return ambiguityReasons(all, facts);
}

/** Records of the new rows, numbered under the product's guard; refuses rows of a wrong shape. */
async function prepare(host: Host, tx: Tx, productId: string, inputs: readonly PriceRowInput[]) {
  const prepared = await prepareChecked(host, tx, productId, inputs);
  if (prepared.wrong.length > 0) refuse(...prepared.wrong);
  return prepared;
}

async function prepareChecked(host: Host, tx: Tx, productId: string, inputs: readonly PriceRowInput[]) {
  // The guard is advanced before the rows are read: of two changes at once, one is made to start anew.
  const book = await books(host).findOneAndUpdate(
    { _id: productId },
    { $inc: { lastNo: inputs.length } },
    { session: tx.session, upsert: true, returnDocument: 'after' },
  );
  const firstNo = book!.lastNo - inputs.length + 1;
  const before = await rowsOf(host, [productId], tx);
  const made = {
    at: tx.at,
    recordedSeq: await lastPublished(host, tx),
    maker: { id: tx.actor.id, name: tx.actor.name },
  };
  const added = inputs.map((input, index) => toRowRecord(productId, firstNo + index, input, made));
  return { added, before, wrong: shapeReasons(added) };
}

async function insertFirstRows(
  host: Host,
  tx: Tx,
  first: readonly { readonly productId: string; readonly rows: readonly PriceRowInput[] }[],
  recordedSeq: number,
  approvalId: string | undefined,
): Promise<void> {
  const made = { at: tx.at, recordedSeq, maker: { id: tx.actor.id, name: tx.actor.name } };
  const priced = first.filter(({ rows: inputs }) => inputs.length > 0);
  if (priced.length === 0) return;
  const guards = priced.map(({ productId, rows: inputs }) => ({ _id: productId, lastNo: inputs.length }));
  await books(host).insertMany(guards, { session: tx.session });
  const records = priced.flatMap(({ productId, rows: inputs }) =>
    inputs.map((input, index) => toRowRecord(productId, index + 1, input, made)),
  );
  await insert(host, tx, approvalId === undefined ? records : records.map((row) => ({ ...row, approvalId })));
}

async function present(host: Host, tx: Tx, productIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await rows(host)
    .find(
      { productId: { $in: [...productIds] }, closed: { $exists: false } },
      { session: tx.session, projection: { productId: 1, approvalId: 1, approvedSeq: 1, retractedSeq: 1 } },
    )
    .toArray();
  // A row that waits in an approval of its own may still be rejected: it does not count.
  const counting = found.filter((row) =>
    row.approvedSeq !== undefined ? row.retractedSeq === undefined : row.approvalId === undefined,
  );
  return new Set(counting.map((row) => row.productId));
}

async function approve(host: Host, tx: Tx, decision: PartDecision & { readonly seq: number }): Promise<void> {
  const { approvalId, productIds, seq } = decision;
  const joined = { approvalId, productId: { $in: [...productIds] }, closed: { $exists: false } };
  await rows(host).updateMany(joined, { $set: { approvedSeq: seq } }, { session: tx.session });
  const correcting = await rows(host)
    .find({ ...joined, retracts: { $exists: true } }, { session: tx.session, projection: { retracts: 1 } })
    .toArray();
  await retract(
    host,
    tx,
    correcting.map((row) => row.retracts!),
    seq,
  );
}

async function retract(host: Host, tx: Tx, ids: readonly string[], seq: number): Promise<void> {
  if (ids.length === 0) return;
  await rows(host).updateMany(
    { _id: { $in: [...ids] }, retractedSeq: { $exists: false } },
    { $set: { retractedSeq: seq } },
    { session: tx.session },
  );
}

async function reopen(host: Host, tx: Tx, productId: string): Promise<void> {
  const all = await rowsOf(host, [productId], tx);
  if (all.some((row) => !row.closed && row.approvedSeq === undefined && row.approvalId === undefined)) return;
  const lastClosed = all.findLast((row) => row.closed !== undefined)?.approvalId;
  const closed = all.filter((row) => row.closed !== undefined && row.approvalId === lastClosed);
  if (closed.length === 0) return;
  const { added } = await prepareChecked(host, tx, productId, closed.map(toInput));
  await insert(host, tx, added);
}

function toInput(row: PriceRowRecord): PriceRowInput {
  const { scope, channel, currency, amountMinor, billing, quantityFrom, pointsShareMaxPct } = row;
  const { saleFrom, saleUntil, existing, retracts } = row;
  return {
    scope,
    currency,
    amountMinor,
    billing,
    quantityFrom,
    saleFrom,
    existing,
    ...(channel === undefined ? {} : { channel }),
    ...(pointsShareMaxPct === undefined ? {} : { pointsShareMaxPct }),
    ...(saleUntil === undefined ? {} : { saleUntil }),
    ...(retracts === undefined ? {} : { retracts }),
  };
}

function retractReasons(ids: readonly string[], rowsBefore: readonly PriceRowRecord[]): Reason[] {
  const inForce = new Set(
    rowsBefore
      .filter((row) => row.approvedSeq !== undefined && row.retractedSeq === undefined)
      .map((row) => row._id),
  );
  return ids
    .filter((id) => !inForce.has(id))
    .map((id) => ({
      code: 'PRICE_ROW_UNKNOWN',
      text: { zh: `该产品没有生效的价格行 ${id}。`, en: `This product has no price row ${id} in force.` },
      path: id,
    }));
}

function nothingToChange(): Reason {
  return { code: 'NOTHING_TO_CHANGE', text: { zh: '没有任何变更。', en: 'There is nothing to change.' } };
}

async function mustExist(host: Host, tx: Tx, productId: string): Promise<void> {
  const found = await collection<ProductRecord>(host, CATALOG.products).findOne(
    { _id: productId },
    { session: tx.session, projection: { _id: 1 } },
  );
  if (!found) refuse(noProduct());
}

function rowsOf(
  host: Host,
  productIds: readonly string[],
  tx?: Pick<Tx, 'session'>,
): Promise<PriceRowRecord[]> {
  return rows(host)
    .find(
      { productId: { $in: [...productIds] } },
      { sort: { productId: 1, no: 1 }, ...(tx ? { session: tx.session } : {}) },
    )
    .toArray();
}

async function insert(host: Host, tx: Tx, records: readonly PriceRowRecord[]): Promise<void> {
  if (records.length > 0) await rows(host).insertMany([...records], { session: tx.session });
}

/** The row as a checker reads it and a trace keeps it. */
function say(row: PriceRowRecord | undefined): Record<string, unknown> | null {
  if (!row) return null;
  const { scope, channel = null, currency, amountMinor, billing, quantityFrom, saleFrom, saleUntil } = row;
  const until = saleUntil?.toISOString() ?? null;
  return {
    scope,
    channel,
    currency,
    amountMinor,
    billing,
    quantityFrom,
    saleFrom: saleFrom.toISOString(),
    until,
  };
}

function rows(host: Host) {
  return collection<PriceRowRecord>(host, PRICING_ROWS);
}

function books(host: Host) {
  return collection<PriceBookRecord>(host, PRICING_BOOKS);
}
