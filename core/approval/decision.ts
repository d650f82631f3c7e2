import type { Actor } from '../access/actor.ts';
import type { LocalizedText } from '../plugin/contract.ts';
import type { ApprovalRecord } from './records.ts';

/** Why a decision was not taken; names match the types of schemas/core/approval.graphql. */
export type ApprovalRefusalKind =
  | 'SelfApproval'
  | 'AlreadyDecided'
  | 'NotPermitted'
  | 'SubjectChanged'
  | 'ApprovalNotFound'
  | 'CommentMissing'
  | 'ChangeRefused';

export interface ApprovalRefusal {
  readonly __typename: ApprovalRefusalKind;
  readonly code: string;
  readonly message: LocalizedText;
}

export type Intent = 'APPROVE' | 'REJECT' | 'WITHDRAW';

/**
 * May this actor take this decision? Maker ≠ checker holds for everybody, the platform's own actors included; only the
 * maker may withdraw.
 * @param decidePermission permission that the subject's declaration asks of a checker
 */
export function refusalOf(
  approval: Pick<ApprovalRecord, 'state' | 'maker' | 'decided'>,
  actor: Pick<Actor, 'id' | 'permissions'>,
  intent: Intent,
  decidePermission: string,
  comment: string,
): ApprovalRefusal | undefined {
  const isMaker = approval.maker.id === actor.id;
  if (intent === 'WITHDRAW') {
    if (!isMaker) return NOT_THE_MAKER;
  } else {
    if (!actor.permissions.has(decidePermission)) return notPermitted(decidePermission);
    if (isMaker) return SELF_APPROVAL;
  }
  if (approval.state !== 'WAITING') return alreadyDecided(approval);
  if (intent !== 'APPROVE' && comment.trim() === '') return COMMENT_MISSING;
  return undefined;
}

export function notPermitted(permission: string): ApprovalRefusal {
  return {
    __typename: 'NotPermitted',
    code: 'NOT_PERMITTED',
    message: {
      zh: `复核此类变更需要权限“${permission}”。请交由有此权限的人员处理。`,
      en: `Deciding this sort of change needs the permission "${permission}". Ask somebody who holds it.`,
    },
  };
}

export function alreadyDecided({
  state,
  decided,
}: Pick<ApprovalRecord, 'state' | 'decided'>): ApprovalRefusal {
  const who = decided?.name ?? '';
  return {
    __typename: 'AlreadyDecided',
    code: 'ALREADY_DECIDED',
    message: {
      zh: `该申请已由${who}处理（${STATE_ZH[state]}）。请刷新列表。`,
      en: `${who} has already settled this (${state.toLowerCase()}). Reload the list.`,
    },
  };
}

/** The change did not fit what it is to be applied to; its feature said why. */
export function changeRefused(code: string, message: string): ApprovalRefusal {
  return {
    __typename: 'ChangeRefused',
    code,
    message: { zh: `变更未能生效（${code}）：${message}`, en: message },
  };
}

export const SUBJECT_CHANGED: ApprovalRefusal = {
  __typename: 'SubjectChanged',
  code: 'SUBJECT_CHANGED',
  message: {
    zh: '申请提交后，变更对象已被修改。请驳回，并请经办人按最新内容重新提交。',
    en: 'What this changes has itself been changed since it was proposed. Reject it, and have it proposed anew.',
  },
};

export const APPROVAL_NOT_FOUND: ApprovalRefusal = {
  __typename: 'ApprovalNotFound',
  code: 'APPROVAL_NOT_FOUND',
  message: { zh: '没有这条复核申请。请刷新列表。', en: 'There is no such approval. Reload the list.' },
};

const SELF_APPROVAL: ApprovalRefusal = {
  __typename: 'SelfApproval',
  code: 'SELF_APPROVAL',
  message: {
    zh: '经办人不能复核自己提交的变更。请交由其他人员复核，或撤回该申请。',
    en: 'Nobody decides a change of their own. Ask a colleague to decide it, or withdraw it.',
  },
};

const NOT_THE_MAKER: ApprovalRefusal = {
  __typename: 'NotPermitted',
  code: 'NOT_PERMITTED',
  message: {
    zh: '只有经办人本人可以撤回。复核人员可以驳回。',
    en: 'Only the one who proposed a change may withdraw it. A checker may reject it.',
  },
};

const COMMENT_MISSING: ApprovalRefusal = {
  __typename: 'CommentMissing',
  code: 'COMMENT_MISSING',
  message: {
    zh: '驳回或撤回须说明理由。',
    en: 'Rejecting or withdrawing needs a reason. Say why.',
  },
};

const STATE_ZH: Readonly<Record<ApprovalRecord['state'], string>> = {
  WAITING: '待复核',
  APPROVED: '已通过',
  REJECTED: '已驳回',
  WITHDRAWN: '已撤回',
};
