import type { EarningRule } from '../../../core/earning/rule.ts';
import type { LocalizedText } from '../../../core/plugin/contract.ts';

/** A rule's formula as a sentence. */
export function formulaInWords({ formula }: EarningRule): LocalizedText {
  switch (formula.kind) {
    case 'FIXED':
      return { zh: `每次 ${formula.points} 分`, en: `${formula.points} points each time` };
    case 'PER_AMOUNT': {
      const steps = formula.steps ?? [];
      return {
        zh: `${formula.of} 每满 ${formula.per} 给 ${formula.points} 分${steps.map((step) => `；${step.from} 以上部分给 ${step.points} 分`).join('')}`,
        en: `${formula.points} points for each full ${formula.per} of ${formula.of}${steps.map((step) => `; ${step.points} above ${step.from}`).join('')}`,
      };
    }
    case 'TABLE': {
      const otherwise = formula.otherwise ?? 0;
      return {
        zh: `按 ${formula.of} 查表：${formula.rows.map((row) => `${row.value} 给 ${row.points} 分`).join('，')}，其余 ${otherwise} 分`,
        en: `By ${formula.of}: ${formula.rows.map((row) => `${row.value} gives ${row.points}`).join(', ')}, any other ${otherwise}`,
      };
    }
  }
}

/** What limits a rule, a sentence each. */
export function limitsInWords(rule: EarningRule): readonly LocalizedText[] {
  const { caps = {}, timesPerYear, pendingDays = 0, schedule, exclusiveGroup, when } = rule;
  const lines: (LocalizedText | undefined)[] = [
    when ? { zh: '满足规则条件的客户或事件', en: "Only where the rule's condition holds" } : undefined,
    words(caps.perDay, (n) => ({ zh: `每日最多 ${n} 分`, en: `At most ${n} a day` })),
    words(caps.perMonth, (n) => ({ zh: `每月最多 ${n} 分`, en: `At most ${n} a month` })),
    words(caps.perLife, (n) => ({ zh: `终身最多 ${n} 分`, en: `At most ${n} in all` })),
    words(timesPerYear, (n) => ({ zh: `每年最多 ${n} 次`, en: `At most ${n} times a year` })),
    words(pendingDays || undefined, (n) => ({ zh: `${n} 天后可用`, en: `Can be spent after ${n} days` })),
    schedule?.from || schedule?.until
      ? {
          zh: `有效期 ${schedule.from?.toISOString() ?? '—'} 至 ${schedule.until?.toISOString() ?? '—'}`,
          en: `From ${schedule.from?.toISOString() ?? '—'} until ${schedule.until?.toISOString() ?? '—'}`,
        }
      : undefined,
    exclusiveGroup === undefined
      ? undefined
      : {
          zh: `与同组（${exclusiveGroup}）规则只取其一`,
          en: `One rule of the group ${exclusiveGroup} counts`,
        },
  ];
  return lines.filter((line) => line !== undefined);
}

function words(value: number | undefined, say: (value: number) => LocalizedText): LocalizedText | undefined {
  return value === undefined ? undefined : say(value);
}
