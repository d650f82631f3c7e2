import type { Actor } from '../../../core/access/actor.ts';
import { approvalService } from '../../../core/approval/service.ts';
import { customerService } from '../../../core/customer/service.ts';
import type { Tx } from '../../../core/db/database.ts';
import { PlatformError } from '../../../core/errors.ts';
import type { ApprovalSubject, ApprovedChange, Host, LocalizedText } from '../../../core/plugin/contract.ts';
import { ledgerService } from '../contract.ts';
import { POINTS_MAX } from '../ledger/points.ts';

export const ADJUSTMENT_SUBJECT = 'loyalty.adjustment';
const REASON_LENGTH_MAX = 500;

export interface Adjustment {
  readonly customerNo: string;
  readonly pointType: string;
  /** Positive gives, negative takes. */
  readonly points: number;
  readonly reason: string;
}

interface AdjustmentChange {
  readonly customerNo: string;
  readonly partyId: string;
  readonly pointType: string;
  readonly points: number;
}

export type ProposedAdjustment = { readonly approvalId: string } | { readonly refused: LocalizedText };

/** A change to a client's points by hand (手工调整): always two people, and never more than the client has. */
export const adjustmentSubject: ApprovalSubject = {
  type: ADJUSTMENT_SUBJECT,
  title: { zh: '积分手工调整', en: 'Adjustment of points' },
  permissions: { propose: 'loyalty.adjustment.propose', decide: 'loyalty.adjustment.decide' },
  apply: applyAdjustment,
  diff: async (approval, host) => {
    const { partyId, pointType, points } = changeOf(approval);
    const { available } = await host.service(ledgerService).account(partyId, pointType);
    return [
      {
        path: 'points',
        title: { zh: '可用积分', en: 'Points that can be spent' },
        before: available,
        after: available + points,
      },
    ];
  },
};

/** Puts an adjustment before a second person, or says what is wrong with it. */
export async function proposeAdjustment(
  host: Host,
  actor: Actor,
  input: Adjustment,
): Promise<ProposedAdjustment> {
  const { customerNo, pointType, points } = input;
  const reason = input.reason.trim();
  if (reason.length === 0 || reason.length > REASON_LENGTH_MAX)
    return refused(
      `请填写原因，最多 ${REASON_LENGTH_MAX} 字。`,
      `Give the reason, at most ${REASON_LENGTH_MAX} characters.`,
    );
  if (!Number.isSafeInteger(points) || points === 0 || Math.abs(points) > POINTS_MAX)
    return refused('调整数须为非零整数。', 'The number of points is a whole number other than zero.');
  const ledger = host.service(ledgerService);
  if (!ledger.pointTypes().some(({ code }) => code === pointType))
    return refused('没有这种积分类型。', 'There is no such type of points.');
  const partyId = (await host.service(customerService).partyIds([customerNo])).get(customerNo);
  if (partyId === undefined)
    return refused('没有这个客户号，请核对。', 'There is no client with this number. Check it.');
  const { available } = await ledger.account(partyId, pointType);
  if (available + points < 0)
    return refused(
      `可用积分只有 ${available} 分，不能扣减 ${-points} 分。`,
      `Only ${available} points can be spent, so ${-points} cannot be taken.`,
    );
  const approvalId = await host.transact(actor, (tx) =>
    host.service(approvalService).propose(tx, {
      type: ADJUSTMENT_SUBJECT,
      subjectIds: [partyId],
      change: { customerNo, partyId, pointType, points },
      reason,
    }),
  );
  return { approvalId };
}

async function applyAdjustment(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  const { partyId, pointType, points } = changeOf(approval);
  const answer = await host.service(ledgerService).adjust(tx, {
    partyId,
    pointType,
    points,
    cause: { type: 'adjustment', id: approval.id, approvalId: approval.id },
  });
  if (answer.posted) return;
  throw new PlatformError(
    'SUBJECT_CHANGED',
    `The client has ${answer.refusal.available ?? 0} points by now, so ${-points} cannot be taken. Reject this and propose anew.`,
    { status: 409 },
  );
}

function changeOf({ change }: ApprovedChange): AdjustmentChange {
  return change as unknown as AdjustmentChange;
}

function refused(zh: string, en: string): ProposedAdjustment {
  return { refused: { zh, en } };
}
