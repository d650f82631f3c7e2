import type { ImportProblem, LocalizedText } from '../../../core/plugin/contract.ts';

/** Columns of a fund list, as its header must name them; fees may be left out. */
export const FUND_COLUMNS = ['code', 'name', 'type', 'company', 'inception'] as const;
export const FEE_COLUMNS = {
  mgmtFeePct: 'managementFeePpm',
  custodyFeePct: 'custodyFeePpm',
  salesFeePct: 'salesServiceFeePpm',
  maxPurchaseFeePct: 'purchaseFeeMaxPpm',
  maxRedeemFeePct: 'redemptionFeeMaxPpm',
} as const;

export type FundRow = Readonly<Record<string, string | undefined>>;

/** A fund as a list describes it. */
export interface Fund {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly company?: string;
  /** Calendar date, e.g. `2001-12-18`. */
  readonly inceptionDate?: string;
  /** In parts per million, by attribute. */
  readonly fees: Readonly<Record<string, number>>;
}

const NAME_LENGTH_MAX = 80;
const FEE_PCT_MAX = 10;

/** One row of a fund list: the fund, or everything that is wrong with the row, by column. */
export function readFundRow(
  row: FundRow,
  line: number,
): { readonly fund: Fund } | { readonly problems: ImportProblem[] } {
  const problems: ImportProblem[] = [];
  const say = (column: string, problem: LocalizedText) =>
    problems.push({ line, column, value: row[column] ?? '', problem });
  const code = row.code?.trim() ?? '';
  if (!/^\d{6}$/.test(code))
    say('code', { zh: '基金代码须为 6 位数字。', en: 'A fund code has six digits.' });
  const name = named(row, 'name', say);
  const type = named(row, 'type', say);
  const company = row.company?.trim();
  if (company && company.length > NAME_LENGTH_MAX) say('company', tooLong());
  const inceptionDate = row.inception?.trim();
  if (inceptionDate && !isDate(inceptionDate))
    say('inception', { zh: '日期须写作 2001-12-18。', en: 'A date is written 2001-12-18.' });
  const fees: Record<string, number> = {};
  for (const [column, attribute] of Object.entries(FEE_COLUMNS)) {
    const value = row[column]?.trim();
    if (!value) continue;
    const ppm = percentToPpm(value);
    if (ppm === undefined)
      say(column, {
        zh: `费率须为 0 至 ${FEE_PCT_MAX} 的百分数，最多四位小数。`,
        en: `A fee is a percentage from 0 to ${FEE_PCT_MAX} with at most four decimals.`,
      });
    else fees[attribute] = ppm;
  }
  if (problems.length > 0) return { problems };
  return {
    fund: {
      code,
      name,
      type,
      fees,
      ...(company ? { company } : {}),
      ...(inceptionDate ? { inceptionDate } : {}),
    },
  };
}

/** `1.20` → 12,000; undefined where it is no percentage in bounds. Whole-number arithmetic: 0.315 % is exactly 3,150. */
export function percentToPpm(text: string): number | undefined {
  const match = /^(\d{1,2})(?:\.(\d{1,4}))?$/.exec(text);
  if (!match) return undefined;
  const ppm = Number(match[1]) * 10_000 + Number((match[2] ?? '').padEnd(4, '0'));
  return ppm <= FEE_PCT_MAX * 10_000 ? ppm : undefined;
}

function named(
  row: FundRow,
  column: 'name' | 'type',
  say: (column: string, problem: LocalizedText) => void,
): string {
  const value = row[column]?.trim() ?? '';
  if (value === '') say(column, { zh: '不能为空。', en: 'This must not be empty.' });
  if (value.length > NAME_LENGTH_MAX) say(column, tooLong());
  return value;
}

function tooLong(): LocalizedText {
  return { zh: `最多 ${NAME_LENGTH_MAX} 个字符。`, en: `At most ${NAME_LENGTH_MAX} characters.` };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
