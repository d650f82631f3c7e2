import type { LocalizedText } from '../../../core/plugin/contract.ts';
import type { Cut } from './evaluate.ts';
import type { AwardRecord, JudgementRecord } from './records.ts';

const CUT_WORDS: Readonly<Record<Cut, LocalizedText>> = {
  DAY: { zh: '每日上限', en: 'the cap per day' },
  MONTH: { zh: '每月上限', en: 'the cap per month' },
  LIFE: { zh: '终身上限', en: 'the cap for life' },
  BUDGET: { zh: '规则预算余额', en: 'what the budget had left' },
  BOOST_BUDGET: { zh: '活动预算余额', en: 'what the campaign had left' },
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

/** 120 is 1.2. */
function times(percent: number): string {
  const rest = percent % 100;
  return rest === 0
    ? String(percent / 100)
    : `${Math.floor(percent / 100)}.${String(rest).padStart(2, '0').replace(/0$/, '')}`;
}
