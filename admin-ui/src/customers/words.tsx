import type { TextPairs } from '../language/texts.ts';
import { useTexts } from '../language/texts.ts';

/** What the firm's codes of a client mean to people. */
const codes = {
  POTENTIAL: ['潜在', 'Potential'],
  ESTABLISHING: ['建立', 'New'],
  GROWING: ['成长', 'Growing'],
  MATURE: ['成熟', 'Mature'],
  DECLINING: ['衰退', 'Declining'],
  LOST: ['流失', 'Lost'],
  C1: ['C1 保守型', 'C1 Conservative'],
  C2: ['C2 谨慎型', 'C2 Cautious'],
  C3: ['C3 稳健型', 'C3 Balanced'],
  C4: ['C4 积极型', 'C4 Enterprising'],
  C5: ['C5 激进型', 'C5 Aggressive'],
  SHORT: ['1 年以内', 'Up to 1 year'],
  MEDIUM: ['1–5 年', '1 to 5 years'],
  LONG: ['5 年以上', 'Beyond 5 years'],
  PRESERVE: ['保本', 'Preserve'],
  STEADY: ['稳健增值', 'Steady'],
  GROWTH: ['积极增值', 'Growth'],
  AGGRESSIVE: ['高收益', 'Aggressive'],
  FIXED_INCOME: ['固定收益', 'Fixed income'],
  EQUITY: ['权益', 'Equity'],
  MIXED: ['混合', 'Mixed'],
  DERIVATIVE: ['衍生品', 'Derivatives'],
  DERIVATIVES: ['衍生品', 'Derivatives'],
  COMMODITY: ['商品', 'Commodities'],
  OTHER: ['其他', 'Other'],
  MATCH: ['匹配', 'Suits'],
  WARN_REQUIRED: ['须警示', 'Warning needed'],
  EXPIRED: ['测评或评级过期', 'Expired'],
  INCOMPLETE: ['资料不全', 'Facts missing'],
  FORBIDDEN: ['禁止', 'Forbidden'],
  'qualified-investor': ['合格投资者', 'Qualified investor'],
  'marketing-sms': ['营销短信', 'Marketing by SMS'],
  'marketing-app': ['App 营销推送', 'Marketing in the app'],
  'marketing-call': ['营销电话', 'Marketing calls'],
  MARKETING_SMS: ['营销短信', 'Marketing by SMS'],
  MARKETING_APP: ['App 营销推送', 'Marketing in the app'],
  MARKETING_CALL: ['营销电话', 'Marketing calls'],
  MARKETING_EMAIL: ['营销邮件', 'Marketing by mail'],
  'block-trade': ['大宗交易', 'Block trade'],
  'star-market': ['科创板', 'STAR market'],
  margin: ['融资融券', 'Margin trading'],
  options: ['期权', 'Options'],
  futures: ['期货', 'Futures'],
  'stock-connect': ['港股通', 'Stock Connect'],
  personalisation: ['个性化推荐', 'Personal recommendations'],
  'e-signature': ['电子签名', 'Electronic signature'],
  'merchant-sharing': ['向商户提供资料', 'Sharing with merchants'],
} as const satisfies TextPairs;

/** The word of a code; one that the house has added since is shown as it is. */
export function useCode(): (code: string) => string {
  const t = useTexts(codes);
  return (code) => (code in codes ? t(code as keyof typeof codes) : code);
}
