import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import type { ApprovedChange, Host, Reason } from '../plugin/contract.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import { attributeErrors, missingToSubmit } from './attributes.ts';
import { chunksOf, collection } from './collections.ts';
import { noProduct } from './drafts.ts';
import { allKinds, kindInUse, kindMissing } from './kinds.ts';
import { nextReview, type ReviewCommand } from './lifecycle.ts';
import { loadNewestVersions, loadProducts } from './loading.ts';
import { abandon, orAbandoned, type BulkOptions, type BulkResult, type ProductOutcome } from './outcome.ts';
import { lastPublished, publishIn, PUBLICATION_PRODUCTS_MAX } from './publish.ts';
import { CATALOG, type ProductRecord, type VersionRecord } from './records.ts';

export const VERSION_SUBJECT = 'product.version';

/**
 * Submits the newest drafts of these products: each that is complete goes to review, each that is not gets its
 * reasons. A chunk of at most 500 products is one approval, which covers their versions and the prices and ratings
 * that were drafted with them.
 */
export async function submitProducts(
  host: Host,
  actor: Actor,
  productIds: readonly string[],
  reason: string,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const outcomes: ProductOutcome[] = [];
  const approvalIds: string[] = [];
  for (const chunk of chunksOf([...new Set(productIds)], PUBLICATION_PRODUCTS_MAX)) {
    const result = await orAbandoned<BulkResult, BulkResult>(
      host.transact(actor, (tx) => submitChunk(host, tx, chunk, reason, options)),
    );
    outcomes.push(...result.outcomes);
    approvalIds.push(...result.approvalIds);
  }
  return { outcomes, approvalIds };
}

async function submitChunk(
  host: Host,
  tx: Tx,
  productIds: readonly string[],
  reason: string,
  { dryRun = false }: BulkOptions,
): Promise<BulkResult> {
  const { outcomes, accepted } = await decideSubmission(host, tx, productIds, reason);
  if (accepted.length === 0 || dryRun) abandon({ outcomes, approvalIds: [] } satisfies BulkResult);
  const ids = accepted.map((version) => version.productId);
  const approvalId = await host.service(approvalService).propose(tx, {
    type: VERSION_SUBJECT,
    subjectIds: ids,
    change: { versions: accepted.map(({ productId, no }) => ({ productId, no })) },
    reason,
  });
  await markSubmitted(host, tx, ids, accepted, approvalId, reason);
  return { outcomes, approvalIds: [approvalId] };
}

/** Marks drafts as submitted under an approval, traces each and says so in one event. */
async function markSubmitted(
  host: Host,
  tx: Tx,
  productIds: readonly string[],
  versions: readonly VersionRecord[],
  approvalId: string,
  reason: string,
): Promise<void> {
  const by = { id: tx.actor.id, name: tx.actor.name };
  const recordedSeq = await lastPublished(host, tx);
  await collection<VersionRecord>(host, CATALOG.versions).updateMany(
    { _id: { $in: versions.map((version) => version._id) } },
    { $set: { review: 'IN_REVIEW', approvalId, reason, changedAt: tx.at, submittedBy: by, recordedSeq } },
    { session: tx.session },
  );
  await setReview(host, tx, productIds, { lastReview: 'IN_REVIEW' });
  await host.service(pricingService).attach(tx, productIds, approvalId);
  await host.service(riskService).attach(tx, productIds, approvalId);
  traceVersions(tx, 'product.submitted', versions, approvalId, reason);
  tx.publish({
    name: 'product.submitted',
    key: approvalId,
    payload: { approvalId, productIds: [...productIds] },
  });
}

async function decideSubmission(host: Host, tx: Tx, productIds: readonly string[], reason: string) {
  const products = await loadProducts(host, tx, productIds);
  const versions = await loadNewestVersions(host, tx, products.values());
  const kinds = await allKinds(host, tx);
  const priced = await host.service(pricingService).present(tx, productIds);
  const rated = await host.service(riskService).present(tx, productIds);
  const accepted: VersionRecord[] = [];
  const outcomes = productIds.map((productId): ProductOutcome => {
    const product = products.get(productId);
    const version = versions.get(productId);
    if (!product || !version) return { productId, code: '', refused: [noProduct()] };
    const kind = kindInUse(kinds, product.kind);
    const move = { command: 'submit', actorId: tx.actor.id, makerIds: [], reason } as const;
    const next = nextReview(version.review, move);
    const has = { price: priced.has(productId), riskRating: rated.has(productId) };
    const refused: Reason[] =
      'refused' in next
        ? [next.refused]
        : kind === undefined
          ? [kindMissing(product.kind)]
          : [
              ...attributeErrors(kind, version.content.attributes),
              ...missingToSubmit(kind, version.content, has),
            ];
    if (refused.length > 0) return { productId, code: product.code, refused };
    accepted.push(version);
    return { productId, code: product.code };
  });
  return { outcomes, accepted };
}

/**
 * Takes products out of their review (撤回 by a maker, or a rejection of some out of many by the checker). Their
 * versions are closed; the approval goes on for the others, and is closed with the last of them.
 */
export async function takeFromReview(
  host: Host,
  actor: Actor,
  command: 'withdraw' | 'reject',
  productIds: readonly string[],
  reason: string,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const outcomes: ProductOutcome[] = [];
  for (const chunk of chunksOf([...new Set(productIds)], PUBLICATION_PRODUCTS_MAX)) {
    const result = await orAbandoned<BulkResult, BulkResult>(
      host.transact(actor, (tx) => takeChunk(host, tx, command, chunk, reason, options)),
    );
    outcomes.push(...result.outcomes);
  }
  return { outcomes, approvalIds: [] };
}

async function takeChunk(
  host: Host,
  tx: Tx,
  command: 'withdraw' | 'reject',
  productIds: readonly string[],
  reason: string,
  { dryRun = false }: BulkOptions,
): Promise<BulkResult> {
  const products = await loadProducts(host, tx, productIds);
  const versions = await loadNewestVersions(host, tx, products.values());
  const taken: VersionRecord[] = [];
  const outcomes = productIds.map((productId): ProductOutcome => {
    const version = versions.get(productId);
    const code = products.get(productId)?.code ?? '';
    if (!version) return { productId, code, refused: [noProduct()] };
    const refused = refusal(version, command, tx.actor.id, reason);
    if (refused) return { productId, code, refused: [refused] };
    taken.push(version);
    return { productId, code };
  });
  if (taken.length === 0 || dryRun) abandon({ outcomes, approvalIds: [] } satisfies BulkResult);
  const as = command === 'withdraw' ? 'WITHDRAWN' : 'REJECTED';
  for (const [approvalId, ofApproval] of byApproval(taken)) {
    await closeVersions(host, tx, ofApproval, approvalId, as, reason);
    const rest = await collection<VersionRecord>(host, CATALOG.versions).countDocuments(
      { approvalId, review: 'IN_REVIEW' },
      { session: tx.session, limit: 1 },
    );
    if (rest === 0) await host.service(approvalService).closeEmptied(tx, approvalId, as, reason);
  }
  return { outcomes, approvalIds: [] };
}

/** The approval's `apply`: what is still in review of it is approved and published under one number. */
export async function applyVersions(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  await publishIn(tx, host, async (seq) => {
    const versions = await inReview(host, tx, approval.id);
    for (const version of versions) {
      const refused = refusal(version, 'approve', tx.actor.id, approval.reason);
      if (refused)
        throw new PlatformError('MAKER_IS_CHECKER', `${refused.text.en} (${version.productId})`, {
          status: 403,
          details: { productId: version.productId },
        });
    }
    const productIds = versions.map((version) => version.productId);
    const checker = { id: tx.actor.id, name: tx.actor.name };
    await collection<VersionRecord>(host, CATALOG.versions).updateMany(
      { _id: { $in: versions.map((version) => version._id) } },
      { $set: { review: 'APPROVED', approvedSeq: seq, checker, changedAt: tx.at } },
      { session: tx.session },
    );
    await setReview(host, tx, productIds, { lastReview: 'APPROVED', seq });
    const decision = { approvalId: approval.id, productIds, seq };
    await host.service(pricingService).approve(tx, decision);
    await host.service(riskService).approve(tx, decision);
    traceVersions(tx, 'product.approved', versions, approval.id, approval.reason, seq);
    tx.publish({ name: 'product.approved', key: 'catalog', payload: { ...decision } });
  });
}

/** The approval's `close`: rejected or withdrawn as a whole. */
export async function closeSubmission(
  tx: Tx,
  approval: ApprovedChange,
  as: 'REJECTED' | 'WITHDRAWN',
  host: Host,
): Promise<void> {
  const versions = await inReview(host, tx, approval.id);
  if (versions.length > 0)
    await closeVersions(host, tx, versions, approval.id, as, approval.comment ?? approval.reason);
}

async function closeVersions(
  host: Host,
  tx: Tx,
  versions: readonly VersionRecord[],
  approvalId: string,
  as: 'REJECTED' | 'WITHDRAWN',
  reason: string,
): Promise<void> {
  const productIds = versions.map((version) => version.productId);
  await collection<VersionRecord>(host, CATALOG.versions).updateMany(
    { _id: { $in: versions.map((version) => version._id) } },
    {
      $set: {
        review: as,
        reason,
        changedAt: tx.at,
        ...(as === 'REJECTED' ? { checker: { id: tx.actor.id, name: tx.actor.name } } : {}),
      },
    },
    { session: tx.session },
  );
  await setReview(host, tx, productIds, { lastReview: as });
  const decision = { approvalId, productIds, as };
  await host.service(pricingService).close(tx, decision);
  await host.service(riskService).close(tx, decision);
  const name = as === 'REJECTED' ? 'product.rejected' : 'product.withdrawn';
  traceVersions(tx, name, versions, approvalId, reason);
  tx.publish({ name, key: approvalId, payload: { approvalId, productIds } });
}

function refusal(version: VersionRecord, command: ReviewCommand, actorId: string, reason: string) {
  const { maker, drafterIds = [], submittedBy } = version;
  const makerIds = [maker.id, ...drafterIds, ...(submittedBy ? [submittedBy.id] : [])];
  const next = nextReview(version.review, { command, actorId, makerIds, reason });
  return 'refused' in next ? next.refused : undefined;
}

function inReview(host: Host, tx: Tx, approvalId: string): Promise<VersionRecord[]> {
  return collection<VersionRecord>(host, CATALOG.versions)
    .find({ approvalId, review: 'IN_REVIEW' }, { session: tx.session })
    .toArray();
}

async function setReview(
  host: Host,
  tx: Tx,
  productIds: readonly string[],
  set: Partial<Pick<ProductRecord, 'lastReview' | 'seq'>>,
): Promise<void> {
  await collection<ProductRecord>(host, CATALOG.products).updateMany(
    { _id: { $in: [...productIds] } },
    { $set: { ...set, changedAt: tx.at }, $inc: { revision: 1 } },
    { session: tx.session },
  );
}

function traceVersions(
  tx: Tx,
  action: string,
  versions: readonly VersionRecord[],
  approvalId: string,
  reason: string,
  seq?: number,
): void {
  for (const { productId, no } of versions)
    tx.trace({
      action,
      subject: { type: 'Product', id: productId },
      reason,
      details: { versionNo: no, approvalId, ...(seq === undefined ? {} : { seq }) },
    });
}

function byApproval(versions: readonly VersionRecord[]): ReadonlyMap<string, VersionRecord[]> {
  const groups = new Map<string, VersionRecord[]>();
  for (const version of versions) {
    const approvalId = version.approvalId!;
    groups.set(approvalId, [...(groups.get(approvalId) ?? []), version]);
  }
  return groups;
}
