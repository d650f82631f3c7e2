import type { LocalizedText } from '../../core/plugin/contract.ts';

/** What invented funds of a type have in common. */
export interface FundFamily {
  /** As public fund lists write it. */
  readonly type: string;
  /** How its names end, before the share class. */
  readonly label: LocalizedText;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** A family has the first of them, or several; '' is a fund without share classes. */
  readonly shareClasses: readonly string[];
  readonly fees: FamilyFees;
}

/** In parts per million; those of the class that they apply to. */
interface FamilyFees {
  readonly managementPpm: number;
  readonly custodyPpm: number;
  readonly salesServicePpm: number;
  readonly purchaseMaxPpm: number;
  readonly redemptionMaxPpm: number;
}

const MONEY: FamilyFees = fees(2_000, 500, 1_000, 0, 0);
const BOND: FamilyFees = fees(3_000, 1_000, 2_000, 3_000, 15_000);
const EQUITY: FamilyFees = fees(12_000, 2_000, 4_000, 8_000, 15_000);
const INDEX: FamilyFees = fees(5_000, 1_000, 2_000, 5_000, 15_000);
const ABROAD: FamilyFees = fees(15_000, 2_500, 4_000, 8_000, 15_000);

const AC = ['A', 'C'];
const ACE = ['A', 'C', 'E'];
const LISTED = [''];

/** Every type of the table of fund types, the ones that it cannot rate included. */
export const FUND_FAMILIES: readonly FundFamily[] = [
  family('货币型-普通货币', '货币', 'Money', 5, ['A', 'B', 'E'], MONEY),
  family('货币型', '现金', 'Cash', 1, AC, MONEY),
  family('货币市场型', '货币市场', 'Money Market', 1, AC, MONEY),
  family('债券型-长债', '纯债', 'Bond', 9, AC, BOND),
  family('债券型-中短债', '中短债', 'Short Bond', 3, ACE, BOND),
  family('债券型-混合一级', '增利债券', 'Bond Plus', 4, AC, BOND),
  family('债券型-混合二级', '双利债券', 'Bond and Equity', 4, ACE, BOND),
  family('债券型-混合债', '回报债券', 'Mixed Bond', 1, AC, BOND),
  family('指数型-固收', '国开债指数', 'Policy Bank Bond Index', 2, AC, INDEX),
  family('指数型-股票', '沪深300指数', 'CSI 300 Index', 12, ACE, INDEX),
  family('指数型-股票', '中证500ETF', 'CSI 500 ETF', 6, LISTED, INDEX),
  family('指数型-海外股票', '海外指数', 'Overseas Index', 2, AC, ABROAD),
  family('指数型-其他', '商品指数', 'Commodity Index', 1, AC, INDEX),
  family('股票型', '股票', 'Equity', 9, AC, EQUITY),
  family('混合型-灵活', '灵活配置混合', 'Flexible Mix', 12, AC, EQUITY),
  family('混合型-偏股', '混合', 'Equity Mix', 12, AC, EQUITY),
  family('混合型-偏债', '稳进混合', 'Bond Mix', 3, AC, EQUITY),
  family('混合型-平衡', '平衡混合', 'Balanced Mix', 1, AC, EQUITY),
  family('混合型-绝对收益', '绝对收益混合', 'Absolute Return', 1, AC, EQUITY),
  family('混合型', '精选混合', 'Mix', 1, AC, EQUITY),
  family('FOF-稳健型', '养老稳健FOF', 'Steady Fund of Funds', 1, AC, EQUITY),
  family('FOF-均衡型', '养老均衡FOF', 'Balanced Fund of Funds', 1, AC, EQUITY),
  family('FOF-进取型', '养老进取FOF', 'Growth Fund of Funds', 1, AC, EQUITY),
  family('FOF', '配置FOF', 'Fund of Funds', 1, AC, EQUITY),
  family('QDII-普通股票', '全球股票QDII', 'Global Equity QDII', 1, AC, ABROAD),
  family('QDII-混合偏股', '全球混合QDII', 'Global Mix QDII', 1, AC, ABROAD),
  family('QDII-混合灵活', '全球灵活QDII', 'Global Flexible QDII', 1, AC, ABROAD),
  family('QDII-混合平衡', '全球平衡QDII', 'Global Balanced QDII', 1, AC, ABROAD),
  family('QDII-混合债', '全球收益QDII', 'Global Income QDII', 1, AC, ABROAD),
  family('QDII-纯债', '美元债QDII', 'Dollar Bond QDII', 1, AC, ABROAD),
  family('QDII-FOF', '全球配置QDII', 'Global Allocation QDII', 1, AC, ABROAD),
  family('QDII-REITs', '全球不动产QDII', 'Global Property QDII', 1, LISTED, ABROAD),
  family('QDII-商品', '原油QDII', 'Oil QDII', 1, AC, ABROAD),
  family('商品（不含QDII）', '黄金ETF', 'Gold ETF', 1, LISTED, INDEX),
  family('Reits', '产业园REIT', 'Industrial Park REIT', 2, LISTED, INDEX),
  family('债券型', '债券', 'General Bond', 1, LISTED, BOND),
  family('QDII', '环球QDII', 'World QDII', 1, LISTED, ABROAD),
  family('商品', '商品', 'Commodity', 1, LISTED, INDEX),
];

function family(
  type: string,
  zh: string,
  en: string,
  weight: number,
  shareClasses: readonly string[],
  familyFees: FamilyFees,
): FundFamily {
  return { type, label: { zh, en }, weight, shareClasses, fees: familyFees };
}

function fees(
  managementPpm: number,
  custodyPpm: number,
  salesServicePpm: number,
  purchaseMaxPpm: number,
  redemptionMaxPpm: number,
): FamilyFees {
  return { managementPpm, custodyPpm, salesServicePpm, purchaseMaxPpm, redemptionMaxPpm };
}
