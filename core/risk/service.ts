import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import { collection } from '../catalog/collections.ts';
import { noProduct } from '../catalog/drafts.ts';
import { inForce } from '../catalog/in-force.ts';
import { orAbandoned, refuse, type Refused } from '../catalog/outcome.ts';
import type { PartDecision } from '../catalog/parts.ts';
import { lastPublished, publishIn } from '../catalog/publish.ts';
import { CATALOG, RISK_RATINGS, type ProductRecord, type RiskRatingRecord } from '../catalog/records.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import type { ApprovalDiffLine, ApprovedChange, Host, Reason } from '../plugin/contract.ts';
import { isHigher, RISK_LEVELS } from './levels.ts';
import type { OverrideChange, RatingChange, RatingInput, RiskService } from './token.ts';

export const RATING_SUBJECT = 'risk.rating';

const OPEN = { approvalId: { $exists: false }, approvedSeq: { $exists: false }, closed: { $exists: false } };

type Proposed = { readonly approvalId: string };

export function createRisk(host: Host): RiskService {
  return {
    proposeRating: (actor, change) => proposeRating(host, actor, change),
    proposeOverride: (actor, change) => proposeOverride(host, actor, change),
    saveDraftRating: (tx, productId, rating) => saveDraftRating(host, tx, productId, rating),
    check: ratingReasons,
    insertFirstRatings: async (tx, first, recordedSeq, approvalId) => {
      const records = first.map(({ productId, rating }) =>
        toRecord(productId, 1, rating, tx, recordedSeq, approvalId),
      );
      if (records.length > 0) await ratings(host).insertMany(records, { session: tx.session });
    },
    ratingsOf: (productIds, tx) => ratingsOf(host, productIds, tx),
    present: (tx, productIds) => present(host, tx, productIds),
    attach: async (tx, productIds, approvalId) => {
      await ratings(host).updateMany(
        { productId: { $in: [...productIds] }, ...OPEN },
        { $set: { approvalId, recordedSeq: await lastPublished(host, tx) } },
        { session: tx.session },
      );
    },
    approve: (tx, decision) => approve(host, tx, decision),
    close: async (tx, { approvalId, productIds, as }) => {
      await ratings(host).updateMany(
        { approvalId, productId: { $in: [...productIds] } },
        { $set: { closed: as } },
        { session: tx.session },
      );
    },
    reopen: (tx, productId) => reopen(host, tx, productId),
  };
}

/** The approval's `apply`: the rating comes into force; a change of level is told to whoever must tell holders. */
export async function applyRating(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  await publishIn(tx, host, async (seq) => {
    const [productId] = approval.subjectIds as [string];
    const known = await ratingsOf(host, [productId], tx);
    const before = inForce(known, { at: tx.at, knownSeq: seq });
    refuseOvertaken(
      known.find((rating) => rating.approvalId === approval.id)!,
      before,
    );
    await approve(host, tx, { approvalId: approval.id, productIds: [productId], seq });
    await collection<ProductRecord>(host, CATALOG.products).updateOne(
      { _id: productId },
      { $set: { seq, changedAt: tx.at }, $inc: { revision: 1 } },
      { session: tx.session },
    );
    const level = String(approval.change.level);
    const details = { approvalId: approval.id, seq, before: before?.level ?? null, level };
    tx.trace({
      action: 'risk.rated',
      subject: { type: 'Product', id: productId },
      reason: approval.reason,
      details,
    });
    tx.publish({
      name: 'risk.rated',
      key: 'catalog',
      payload: { productId, seq, before: before?.level ?? null, level },
    });
  });
}

/** Between the proposal of an override and its approval another rating may have come into force, higher than it. */
function refuseOvertaken(override: RiskRatingRecord, stands: RiskRatingRecord | undefined): void {
  if (override.evidence !== 'OVERRIDE' || !stands || isHigher(override.level, stands.level)) return;
  throw new PlatformError('OVERRIDE_NOT_HIGHER', notHigher(stands.level).text.en, { status: 409 });
}

export async function closeRating(
  tx: Tx,
  approval: ApprovedChange,
  as: 'REJECTED' | 'WITHDRAWN',
  host: Host,
): Promise<void> {
  await ratings(host).updateMany(
    { approvalId: approval.id },
    { $set: { closed: as } },
    { session: tx.session },
  );
  tx.trace({
    action: as === 'REJECTED' ? 'risk.rejected' : 'risk.withdrawn',
    subject: { type: 'Product', id: approval.subjectIds[0]! },
    reason: approval.comment ?? approval.reason,
    details: { approvalId: approval.id },
  });
}

/** For the checker: level, score and basis beside those in force. */
export async function diffRating(approval: ApprovedChange, host: Host): Promise<readonly ApprovalDiffLine[]> {
  const all = await ratingsOf(host, approval.subjectIds);
  const after = all.find((rating) => rating.approvalId === approval.id);
  const before = all.findLast((rating) => rating.approvedSeq !== undefined && rating !== after);
  const line = (
    path: 'level' | 'score' | 'evidence' | 'basis',
    zh: string,
    en: string,
  ): ApprovalDiffLine => ({
    path,
    title: { zh, en },
    before: before?.[path] ?? null,
    after: after?.[path] ?? null,
  });
  return [
    line('level', '风险等级', 'Level'),
    line('score', '加权得分', 'Weighted score'),
    line('evidence', '依据类型', 'Evidence'),
    line('basis', '评级依据', 'Basis'),
  ];
}

function proposeRating(host: Host, actor: Actor, change: RatingChange): Promise<Proposed | Refused> {
  return orAbandoned<Proposed, Refused>(
    host.transact(actor, async (tx) => {
      const wrong = ratingReasons(change.rating);
      if (wrong.length > 0) refuse(...wrong);
      return propose(host, tx, change.productId, change.rating, change.reason);
    }),
  );
}

function proposeOverride(host: Host, actor: Actor, change: OverrideChange): Promise<Proposed | Refused> {
  return orAbandoned<Proposed, Refused>(
    host.transact(actor, async (tx) => {
      const knownSeq = await lastPublished(host, tx);
      const stands = inForce(await ratingsOf(host, [change.productId], tx), { at: tx.at, knownSeq });
      if (!stands) refuse(nothingToOverride());
      else if (!isHigher(change.level, stands.level)) refuse(notHigher(stands.level));
      const rating: RatingInput = {
        level: change.level,
        score: stands!.score,
        evidence: 'OVERRIDE',
        modelVersion: stands!.modelVersion,
        basis: { overrides: stands!._id, from: stands!.level, reason: change.reason },
        ratedAt: tx.at,
        // Raising a level renews nothing: the rating below it is due again when it was.
        validUntil: stands!.validUntil,
      };
      return propose(host, tx, change.productId, rating, change.reason);
    }),
  );
}

async function propose(
  host: Host,
  tx: Tx,
  productId: string,
  rating: RatingInput,
  reason: string,
): Promise<Proposed> {
  const no = await nextNo(host, tx, productId);
  const approvalId = await host.service(approvalService).propose(tx, {
    type: RATING_SUBJECT,
    subjectIds: [productId],
    change: { no, level: rating.level, score: rating.score, evidence: rating.evidence },
    reason,
  });
  const record = toRecord(productId, no, rating, tx, await lastPublished(host, tx), approvalId);
  await ratings(host).insertOne(record, { session: tx.session });
  tx.trace({
    action: 'risk.proposed',
    subject: { type: 'Product', id: productId },
    reason,
    details: { approvalId, no, level: rating.level, score: rating.score, evidence: rating.evidence },
  });
  return { approvalId };
}

/** The next number of the product's ratings. Writing the product makes two proposals at once conflict. */
async function nextNo(host: Host, tx: Tx, productId: string): Promise<number> {
  const { matchedCount } = await collection<ProductRecord>(host, CATALOG.products).updateOne(
    { _id: productId },
    { $set: { changedAt: tx.at }, $inc: { revision: 1 } },
    { session: tx.session },
  );
  if (matchedCount === 0) refuse(noProduct());
  return ((await ratingsOf(host, [productId], tx)).at(-1)?.no ?? 0) + 1;
}

async function saveDraftRating(
  host: Host,
  tx: Tx,
  productId: string,
  rating: RatingInput,
): Promise<readonly Reason[]> {
  const wrong = ratingReasons(rating);
  if (wrong.length > 0) return wrong;
  await ratings(host).deleteMany({ productId, ...OPEN }, { session: tx.session });
  const no = ((await ratingsOf(host, [productId], tx)).at(-1)?.no ?? 0) + 1;
  const record = toRecord(productId, no, rating, tx, await lastPublished(host, tx));
  await ratings(host).insertOne(record, { session: tx.session });
  return [];
}

async function present(host: Host, tx: Tx, productIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await ratings(host)
    .find(
      { productId: { $in: [...productIds] }, closed: { $exists: false }, validUntil: { $gt: tx.at } },
      { session: tx.session, projection: { productId: 1, approvalId: 1, approvedSeq: 1 } },
    )
    .toArray();
  // A rating that waits in an approval of its own may still be rejected: it does not count.
  const counting = found.filter((row) => row.approvedSeq !== undefined || row.approvalId === undefined);
  return new Set(counting.map((row) => row.productId));
}

async function approve(host: Host, tx: Tx, decision: PartDecision & { readonly seq: number }): Promise<void> {
  await ratings(host).updateMany(
    {
      approvalId: decision.approvalId,
      productId: { $in: [...decision.productIds] },
      closed: { $exists: false },
    },
    { $set: { approvedSeq: decision.seq } },
    { session: tx.session },
  );
}

async function reopen(host: Host, tx: Tx, productId: string): Promise<void> {
  const all = await ratingsOf(host, [productId], tx);
  if (all.some((row) => !row.closed && row.approvedSeq === undefined && row.approvalId === undefined)) return;
  const closed = all.findLast((row) => row.closed !== undefined);
  if (!closed) return;
  await saveDraftRating(host, tx, productId, closed);
}

function ratingReasons(rating: RatingInput): Reason[] {
  const reasons: Reason[] = [];
  if (!RISK_LEVELS.includes(rating.level))
    reasons.push(invalid('level', '风险等级须为 R1–R5。', 'The level is one of R1 to R5.'));
  if (!Number.isSafeInteger(rating.score) || rating.score < 0 || rating.score > 500)
    reasons.push(invalid('score', '得分须为 0–500 的整数。', 'The score is a whole number from 0 to 500.'));
  if (rating.validUntil <= rating.ratedAt)
    reasons.push(
      invalid('validUntil', '有效期须晚于评级时间。', 'It must be valid beyond the instant of rating.'),
    );
  return reasons;
}

function invalid(path: string, zh: string, en: string): Reason {
  return { code: 'RATING_INVALID', text: { zh, en }, path };
}

function nothingToOverride(): Reason {
  return {
    code: 'RISK_RATING_MISSING',
    text: { zh: '没有生效的风险等级可供上调。', en: 'There is no rating in force that could be raised.' },
  };
}

function notHigher(stands: string): Reason {
  return {
    code: 'OVERRIDE_NOT_HIGHER',
    text: {
      zh: `人工调整只能高于现行等级 ${stands}。`,
      en: `An override goes up only: ${stands} is in force.`,
    },
    path: 'level',
  };
}

function toRecord(
  productId: string,
  no: number,
  rating: RatingInput,
  tx: Pick<Tx, 'at' | 'actor'>,
  recordedSeq: number,
  approvalId?: string,
): RiskRatingRecord {
  const { level, score, evidence, modelVersion, basis, ratedAt, validUntil } = rating;
  return {
    _id: `${productId}:${no}`,
    productId,
    no,
    level,
    score,
    evidence,
    modelVersion,
    basis: { ...basis },
    ratedAt,
    validUntil,
    signedBy: { id: tx.actor.id, name: tx.actor.name },
    ...(approvalId === undefined ? {} : { approvalId }),
    recordedSeq,
    saleFrom: ratedAt,
    existing: { mode: 'never' },
  };
}

function ratingsOf(
  host: Host,
  productIds: readonly string[],
  tx?: Pick<Tx, 'session'>,
): Promise<RiskRatingRecord[]> {
  return ratings(host)
    .find(
      { productId: { $in: [...productIds] } },
      { sort: { productId: 1, no: 1 }, ...(tx ? { session: tx.session } : {}) },
    )
    .toArray();
}

function ratings(host: Host) {
  return collection<RiskRatingRecord>(host, RISK_RATINGS);
}
