import type { Reason } from '../plugin/contract.ts';
import type { ReviewState, SaleState } from './records.ts';

/** What can be asked of one version. `edit` saves a draft; a closed version is edited by copying it into a new one. */
export const REVIEW_COMMANDS = ['edit', 'submit', 'withdraw', 'approve', 'reject'] as const;
export type ReviewCommand = (typeof REVIEW_COMMANDS)[number];

/** What can be asked of a product's sale. `list` and `relist` take effect by the approval of a second person. */
export const SALE_COMMANDS = [
  'list',
  'changeListing',
  'suspend',
  'resume',
  'delist',
  'relist',
  'archive',
] as const;
export type SaleCommand = (typeof SALE_COMMANDS)[number];

export const REVIEW_STATES: readonly ReviewState[] = [
  'DRAFT',
  'IN_REVIEW',
  'APPROVED',
  'REJECTED',
  'WITHDRAWN',
];
export const SALE_STATES: readonly SaleState[] = [
  'NOT_LISTED',
  'LISTED',
  'SUSPENDED',
  'DELISTED',
  'ARCHIVED',
];

export type Next<State> = { readonly to: State } | { readonly refused: Reason };

export interface ReviewMove {
  readonly command: ReviewCommand;
  readonly actorId: string;
  /** Who wrote and who submitted the version: they may take it back and may not decide on it. */
  readonly makerIds: readonly string[];
  readonly reason?: string;
}

export interface SaleMove {
  readonly command: SaleCommand;
  readonly reason?: string;
  /** A version has been approved and is not retracted. */
  readonly approved: boolean;
  /** A version was approved since the product was last delisted: relisting needs a review of its own. */
  readonly approvedSinceDelisting: boolean;
}

const REVIEW: Readonly<
  Record<ReviewCommand, { readonly from: readonly ReviewState[]; readonly to: ReviewState }>
> = {
  edit: { from: ['DRAFT'], to: 'DRAFT' },
  submit: { from: ['DRAFT'], to: 'IN_REVIEW' },
  withdraw: { from: ['IN_REVIEW'], to: 'WITHDRAWN' },
  approve: { from: ['IN_REVIEW'], to: 'APPROVED' },
  reject: { from: ['IN_REVIEW'], to: 'REJECTED' },
};

const SALE: Readonly<Record<SaleCommand, Partial<Readonly<Record<SaleState, SaleState>>>>> = {
  list: { NOT_LISTED: 'LISTED' },
  changeListing: { LISTED: 'LISTED', SUSPENDED: 'SUSPENDED' },
  suspend: { LISTED: 'SUSPENDED' },
  resume: { SUSPENDED: 'LISTED' },
  delist: { LISTED: 'DELISTED', SUSPENDED: 'DELISTED' },
  relist: { DELISTED: 'LISTED' },
  archive: { NOT_LISTED: 'ARCHIVED', DELISTED: 'ARCHIVED' },
};

/** The next review state of a version, or why not. Every move but editing states a reason; maker and checker differ. */
export function nextReview(from: ReviewState, move: ReviewMove): Next<ReviewState> {
  const { command } = move;
  if (!REVIEW[command].from.includes(from)) return refuse(refusedState(command, from));
  if (command !== 'edit' && !move.reason?.trim()) return refuse(reasonMissing(command));
  if ((command === 'approve' || command === 'reject') && move.makerIds.includes(move.actorId))
    return refuse({
      code: 'MAKER_IS_CHECKER',
      text: {
        zh: '经办人不能复核自己提交的内容，请由另一人处理。',
        en: 'Whoever proposed this may not decide on it: another person must.',
      },
    });
  if (command === 'withdraw' && !move.makerIds.includes(move.actorId))
    return refuse({
      code: 'NOT_THE_MAKER',
      text: { zh: '只有提交人可以撤回。', en: 'Only the person who submitted this may withdraw it.' },
    });
  return { to: REVIEW[command].to };
}

/** The next sale state of a product, or why not. Every transition states a reason. */
export function nextSale(from: SaleState, move: SaleMove): Next<SaleState> {
  const to = SALE[move.command][from];
  if (to === undefined) return refuse(refusedState(move.command, from));
  if (!move.reason?.trim()) return refuse(reasonMissing(move.command));
  if (move.command === 'list' && !move.approved)
    return refuse({
      code: 'VERSION_NOT_APPROVED',
      text: { zh: '没有已通过审核的版本，不能上架。', en: 'No version of it has been approved yet.' },
    });
  if (move.command === 'relist' && !move.approvedSinceDelisting)
    return refuse({
      code: 'RELISTING_NEEDS_REVIEW',
      text: {
        zh: '重新上架须先提交新版本并通过审核。',
        en: 'Relisting needs a new version that was approved after the delisting.',
      },
    });
  return { to };
}

function refuse(refused: Reason): { readonly refused: Reason } {
  return { refused };
}

function refusedState(command: string, from: string): Reason {
  return {
    code: 'STATE_REFUSES',
    text: {
      zh: `当前状态（${from}）不允许此操作（${command}）。`,
      en: `It is ${from}, which does not allow "${command}".`,
    },
  };
}

function reasonMissing(command: string): Reason {
  return {
    code: 'REASON_MISSING',
    text: { zh: '请填写原因。', en: `"${command}" needs a reason in words.` },
    path: 'reason',
  };
}
