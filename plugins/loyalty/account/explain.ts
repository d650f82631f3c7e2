import type { LocalizedText } from '../../../core/plugin/contract.ts';
import { explainAward } from '../earning/explain.ts';
import type { JudgementRecord } from '../earning/records.ts';
import type { Journal, JournalKind } from '../ledger/journal.ts';

/** What a kind of entry is, in a sentence. */
const KIND_WORDS: Readonly<Record<JournalKind, LocalizedText>> = {
  EARNED: { zh: '按积分规则给分。', en: 'Given by an earning rule.' },
  MATURED: { zh: '待生效积分到期转为可用。', en: 'Points that were pending became available.' },
  EXPIRED: { zh: '积分到期失效。', en: 'The points expired.' },
  REPAID: { zh: '先抵还此前欠分。', en: 'They repaid a debt first.' },
  RESERVED: { zh: '为订单或兑换冻结积分。', en: 'Held for an order or a redemption.' },
  CONFIRMED: { zh: '冻结的积分已消费。', en: 'The held points were spent.' },
  CANCELLED: { zh: '取消，冻结的积分退回。', en: 'Cancelled: the held points came back.' },
  TIMED_OUT: { zh: '冻结超时，积分退回。', en: 'The hold ran out: the points came back.' },
  REFUNDED: { zh: '退款，已消费的积分退回。', en: 'Refunded: the spent points came back.' },
  REVERSED: { zh: '冲正此前的一笔。', en: 'An earlier entry was taken back.' },
  ADJUSTED: { zh: '经双人复核的手工调整。', en: 'Adjusted by two people.' },
};

/** What an entry was caused by, looked up beforehand. */
export interface EntryGrounds {
  /** Of an award, or of its being taken back. */
  readonly judgement?: JudgementRecord | undefined;
  /** What an adjustment was proposed with. */
  readonly reason?: string | undefined;
}

/** Why an entry is there and why it is as large as it is (invariant 7): never a number without its rule. */
export function explainEntry(
  journal: Journal,
  { judgement, reason }: EntryGrounds,
): readonly LocalizedText[] {
  const { kind, cause } = journal;
  const award = judgement?.awards.find(({ journalId }) => journalId === journal.id);
  return [
    KIND_WORDS[kind],
    ...(judgement?.event === undefined ? [] : [eventLine(judgement)]),
    ...(judgement && award ? explainAward(judgement, award) : []),
    ...(award || cause.ruleId === undefined ? [] : [ruleLine(cause.ruleId, cause.ruleVersion)]),
    ...(reason === undefined ? [] : [same(`原因：${reason}`, `Reason: ${reason}`)]),
    ...(cause.orderId === undefined ? [] : [same(`订单 ${cause.orderId}`, `Order ${cause.orderId}`)]),
    ...(cause.merchantId === undefined
      ? []
      : [same(`商户 ${cause.merchantId}`, `Merchant ${cause.merchantId}`)]),
    ...(cause.reversesJournalId === undefined
      ? []
      : [
          same(
            `冲正第 ${entryNumber(cause.reversesJournalId)} 笔。`,
            `It takes back entry ${entryNumber(cause.reversesJournalId)}.`,
          ),
        ]),
  ];
}

function eventLine({ event, source, sourceId, happenedAt, reversedBy }: JudgementRecord): LocalizedText {
  const when = happenedAt?.toISOString() ?? '';
  const taken =
    reversedBy === undefined
      ? same('', '')
      : same(`，已被 ${reversedBy} 撤销`, `, taken back by ${reversedBy}`);
  return same(
    `事件 ${event ?? ''}（${source}，编号 ${sourceId}，发生于 ${when}${taken.zh}）。`,
    `Event ${event ?? ''} (${source}, id ${sourceId}, at ${when}${taken.en ?? ''}).`,
  );
}

function ruleLine(ruleId: string, version: number | undefined): LocalizedText {
  const name = version === undefined ? ruleId : `${ruleId}@${version}`;
  return same(`规则 ${name}。`, `Rule ${name}.`);
}

/** An entry's id is `ACCOUNT:SEQ`. */
function entryNumber(journalId: string): string {
  return journalId.slice(journalId.lastIndexOf(':') + 1);
}

function same(zh: string, en: string): LocalizedText {
  return { zh, en };
}
