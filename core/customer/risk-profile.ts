import type { Reason } from '../plugin/contract.ts';
import type { RiskProfile } from './records.ts';

/** What speaks against recording an assessment; empty where it may be recorded. */
export function riskProfileProblems(
  profile: Omit<RiskProfile, 'no'>,
  current: RiskProfile | undefined,
  at: Date,
): Reason[] {
  const problems: Reason[] = [];
  if (profile.lowestCategory && profile.level !== 'C1')
    problems.push({
      code: 'LOWEST_CATEGORY_NOT_C1',
      text: { zh: '最低类别只能是 C1。', en: 'The lowest category is a part of C1 only.' },
      path: 'lowestCategory',
    });
  if (profile.assessedAt > at)
    problems.push({
      code: 'ASSESSED_IN_FUTURE',
      text: { zh: '测评时间不能晚于现在。', en: 'An assessment cannot lie in the future.' },
      path: 'assessedAt',
    });
  if (profile.validUntil <= profile.assessedAt)
    problems.push({
      code: 'VALIDITY_EMPTY',
      text: { zh: '有效期须晚于测评时间。', en: 'The validity must end after the assessment.' },
      path: 'validUntil',
    });
  if (current && profile.assessedAt < current.assessedAt)
    problems.push({
      code: 'ASSESSED_BEFORE_CURRENT',
      text: {
        zh: '已有更晚的测评结果，不能用较早的测评覆盖。',
        en: 'A later assessment is already recorded; an earlier one cannot replace it.',
      },
      path: 'assessedAt',
    });
  return problems;
}
