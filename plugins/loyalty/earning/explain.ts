import type { LocalizedText } from '../../../core/plugin/contract.ts';
import type { Cut, Silence } from './evaluate.ts';
import type { AwardRecord, JudgementRecord } from './records.ts';

const CUT_WORDS: Readonly<Record<Cut, LocalizedText>> = {
  DAY: { zh: '每日上限', en: 'the cap per day' },
  MONTH: { zh: '每月上限', en: 'the cap per month' },
  LIFE: { zh: '终身上限', en: 'the cap for life' },
  BUDGET: { zh: '规则预算余额', en: 'what the budget had left' },
  BOOST_BUDGET: { zh: '活动预算余额', en: 'what the campaign had left' },
};

const SILENCE_WORDS: Readonly<Record<Silence, LocalizedText>> = {
  CONDITION: { zh: '不满足条件', en: 'its condition did not hold' },
  SCHEDULE: { zh: '不在有效期内', en: 'it did not apply at that time' },
  ZERO: { zh: '按公式为零分', en: 'its formula gave nothing' },
  TIMES: { zh: '已达每年次数上限', en: 'it had given as often as it may in a year' },
  CAP: { zh: '已达上限', en: 'a cap was reached' },
  BUDGET: { zh: '预算已用完', en: 'the budget was used up' },
  EXCLUDED: { zh: '同组中已有规则给分', en: 'another rule of its group had given' },
};

/** Why an award is as large as it is, line by line, for the person who asks "why did I get 120 points". */
export function explainAward(judgement: JudgementRecord, award: AwardRecord): readonly LocalizedText[] {
  const { base, boosts, cuts, points, title, rule } = award;
  return [
    {
      zh: `规则“${title.zh}”（${rule}，${judgement.rules ?? ''}）：基础 ${base} 分。`,
      en: `Rule "${title.en}" (${rule}, ${judgement.rules ?? ''}): ${base} points to begin with.`,
    },
    ...boosts.map((boost) => ({
      zh: `“${boost.title.zh}” × ${times(boost.percent)}：加 ${boost.points} 分。`,
      en: `"${boost.title.en}" × ${times(boost.percent)}: ${boost.points} more.`,
    })),
    ...cuts.map((cut) => ({
      zh: `受${CUT_WORDS[cut.by].zh}限制，由 ${cut.from} 分减为 ${cut.to} 分。`,
      en: `Cut from ${cut.from} to ${cut.to} by ${CUT_WORDS[cut.by].en}.`,
    })),
    { zh: `实际给分 ${points} 分。`, en: `Given: ${points} points.` },
  ];
}

/** Why rules that listened to an event gave nothing for it. */
export function explainSilence({ silent }: JudgementRecord): readonly LocalizedText[] {
  return silent.map(({ rule, why }) => ({
    zh: `规则 ${rule} 未给分：${SILENCE_WORDS[why].zh}。`,
    en: `Rule ${rule} gave nothing: ${SILENCE_WORDS[why].en}.`,
  }));
}

/** 120 is 1.2. */
function times(percent: number): string {
  const rest = percent % 100;
  return rest === 0
    ? String(percent / 100)
    : `${Math.floor(percent / 100)}.${String(rest).padStart(2, '0').replace(/0$/, '')}`;
}
