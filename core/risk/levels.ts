/** Product risk levels (产品风险等级), R1 low … R5 high. */
export const RISK_LEVELS = ['R1', 'R2', 'R3', 'R4', 'R5'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Categories of risk capacity (风险承受能力), C1 conservative … C5 aggressive. */
export const RISK_CATEGORIES = ['C1', 'C2', 'C3', 'C4', 'C5'] as const;
export type RiskCategory = (typeof RISK_CATEGORIES)[number];

export function isHigher(level: RiskLevel, than: RiskLevel): boolean {
  return RISK_LEVELS.indexOf(level) > RISK_LEVELS.indexOf(than);
}
