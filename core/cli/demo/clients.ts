import { addDays, businessDate } from '../../time/business-day.ts';

/** Invented clients of the guided run, one for each way that a decision can go. */
export const DEMO_CLIENTS = [
  {
    customerNo: '70000001',
    story: 'C4, gold, assessed this year',
    level: 'C4',
    lowest: false,
    validDays: 400,
  },
  { customerNo: '70000002', story: 'C2, cautious', level: 'C2', lowest: false, validDays: 400 },
  { customerNo: '70000003', story: 'C1 of the lowest category', level: 'C1', lowest: true, validDays: 400 },
  { customerNo: '70000004', story: 'C4, assessment expired', level: 'C4', lowest: false, validDays: -30 },
  { customerNo: '70000005', story: 'never assessed', level: undefined, lowest: false, validDays: 0 },
] as const;

/** The clients as a file that a branch would send; dates count from the day of the run. */
export function clientFile(now: Date): string {
  const header =
    '外部编号,客户号,姓名,手机号,出生日期,营业部,客户分级,生命周期,风险承受能力,最低类别,测评日期,测评有效期至,问卷编号,期限偏好,品种偏好';
  const rows = DEMO_CLIENTS.map(({ customerNo, level, lowest, validDays }, index) => {
    const assessed =
      level === undefined
        ? ['', '', '', '', '']
        : [
            level,
            lowest ? '是' : '否',
            businessDate(addDays(now, validDays - 700)),
            businessDate(addDays(now, validDays)),
            `DEMO-Q${index + 1}`,
          ];
    const name = ['林晚舟', '顾清和', '沈念秋', '陆怀瑾', '许知微'][index];
    return [
      `DEMO-${index + 1}`,
      customerNo,
      name,
      `1380000000${index + 1}`,
      `198${index}-04-12`,
      '/',
      index === 0 ? 'GOLD' : 'BASIC',
      'MATURE',
      ...assessed,
      'LONG',
      'FIXED_INCOME;EQUITY;OTHER',
    ].join(',');
  });
  return `${[header, ...rows].join('\n')}\n`;
}
