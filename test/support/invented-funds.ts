import { shiftDate } from '../../core/sample/dates.ts';
import { SeededRandom } from '../../core/sample/random.ts';
import type { LocalizedText } from '../../core/plugin/contract.ts';
import type { Fund } from '../../plugins/fund-pool/import/fund-row.ts';
import { FUND_FAMILIES, type FundFamily } from './fund-families.ts';

/** A fund that no company ever issued, with its English name. */
export interface InventedFund extends Fund {
  readonly company: string;
  readonly inceptionDate: string;
  readonly nameEn: string;
}

/** Companies that do not exist. */
export const COMPANIES: readonly LocalizedText[] = [
  { zh: '松石', en: 'Pinestone' },
  { zh: '青岚', en: 'Greenmist' },
  { zh: '云岫', en: 'Cloudpeak' },
  { zh: '北辰', en: 'Northstar' },
  { zh: '望岳', en: 'Summitview' },
  { zh: '听澜', en: 'Tidewater' },
  { zh: '鹤鸣', en: 'Cranesong' },
  { zh: '长亭', en: 'Longpavilion' },
  { zh: '疏影', en: 'Plumshade' },
  { zh: '砚池', en: 'Inkpond' },
  { zh: '汀洲', en: 'Islet' },
  { zh: '栖云', en: 'Cloudrest' },
];

const THEMES: readonly LocalizedText[] = [
  { zh: '稳健', en: 'Steady' },
  { zh: '成长', en: 'Growth' },
  { zh: '价值', en: 'Value' },
  { zh: '红利', en: 'Dividend' },
  { zh: '消费', en: 'Consumer' },
  { zh: '医药', en: 'Health' },
  { zh: '科技', en: 'Technology' },
  { zh: '低碳', en: 'Low Carbon' },
  { zh: '高端制造', en: 'Manufacturing' },
  { zh: '数字经济', en: 'Digital' },
  { zh: '先锋', en: 'Pioneer' },
  { zh: '优选', en: 'Select' },
  { zh: '均衡', en: 'Balanced' },
  { zh: '安盈', en: 'Calm' },
  { zh: '鑫享', en: 'Reward' },
  { zh: '瑞泽', en: 'Grace' },
  { zh: '远见', en: 'Foresight' },
  { zh: '致远', en: 'Far Reach' },
  { zh: '恒利', en: 'Constant' },
  { zh: '添益', en: 'Benefit' },
  { zh: '启航', en: 'Voyage' },
  { zh: '聚源', en: 'Source' },
  { zh: '汇智', en: 'Wisdom' },
  { zh: '景明', en: 'Clear View' },
];

const EDITIONS: readonly LocalizedText[] = [
  { zh: '', en: '' },
  { zh: '二号', en: ' II' },
  { zh: '三号', en: ' III' },
  { zh: '四号', en: ' IV' },
  { zh: '五号', en: ' V' },
];

/** Six-digit codes from here on are not in use by public funds. */
const FIRST_CODE = 980_000;
const COUNT_MAX = 20_000;
const YOUNG_DAYS_MAX = 170;

export interface InventedFundsOptions {
  readonly seed: number;
  readonly count: number;
  /** Shanghai date to which inception dates are relative. */
  readonly onDate: string;
  /** How many of them, the last, are under six months old; the others are at least a year old. */
  readonly young?: number;
}

/**
 * Funds of invented companies, the same for the same options: every type of the families once, then drawn by how
 * common they are, each family with its share classes.
 */
export function inventedFunds({ seed, count, onDate, young = 0 }: InventedFundsOptions): InventedFund[] {
  if (count > COUNT_MAX) throw new Error(`There are codes for ${COUNT_MAX} invented funds, not ${count}.`);
  const random = new SeededRandom(seed);
  const drawn = FUND_FAMILIES.flatMap((family) => Array<FundFamily>(family.weight).fill(family));
  const names = new Set<string>();
  const funds: InventedFund[] = [];
  for (let index = 0; funds.length < count; index++) {
    const family = FUND_FAMILIES[index] ?? random.pick(drawn);
    const company = COMPANIES[index % COMPANIES.length]!;
    const title = newTitle(random, company, family, names);
    const ageDays = random.int(400, 6500);
    for (const shareClass of family.shareClasses.slice(0, random.int(1, family.shareClasses.length))) {
      if (funds.length === count) break;
      const days = funds.length < count - young ? ageDays : random.int(20, YOUNG_DAYS_MAX);
      funds.push({
        code: String(FIRST_CODE + funds.length),
        name: `${title.zh}${shareClass}`,
        nameEn: `${title.en}${shareClass === '' ? '' : ` ${shareClass}`}`,
        type: family.type,
        company: `${company.zh}基金`,
        inceptionDate: shiftDate(onDate, -days),
        fees: feesOf(family, shareClass),
      });
    }
  }
  return funds;
}

function newTitle(
  random: SeededRandom,
  company: LocalizedText,
  { label }: FundFamily,
  taken: Set<string>,
): LocalizedText {
  for (;;) {
    const theme = random.pick(THEMES);
    for (const edition of EDITIONS) {
      const zh = `${company.zh}${theme.zh}${edition.zh}${label.zh}`;
      if (taken.has(zh)) continue;
      taken.add(zh);
      return { zh, en: `${company.en} ${theme.en}${edition.en} ${label.en}` };
    }
  }
}

/** Only class A is bought with a fee; the others pay for their sale year by year. */
function feesOf({ fees }: FundFamily, shareClass: string): Fund['fees'] {
  const byTheYear = shareClass !== '' && shareClass !== 'A';
  return {
    managementFeePpm: fees.managementPpm,
    custodyFeePpm: fees.custodyPpm,
    salesServiceFeePpm: byTheYear ? fees.salesServicePpm : 0,
    purchaseFeeMaxPpm: byTheYear ? 0 : fees.purchaseMaxPpm,
    redemptionFeeMaxPpm: fees.redemptionMaxPpm,
  };
}
