import { useTranslation } from 'react-i18next';
import { count, money } from './formats.ts';
import './words.css';

export type Lifecycle =
  | 'DRAFT'
  | 'REJECTED'
  | 'WITHDRAWN'
  | 'IN_REVIEW'
  | 'APPROVED'
  | 'LISTED'
  | 'SUSPENDED'
  | 'DELISTED'
  | 'ARCHIVED';
export type Review = 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';
export type Channel = 'WEBSITE' | 'TERMINAL' | 'APP' | 'CALL_CENTRE' | 'SMS' | 'BRANCH';
export type RiskLevel = 'R1' | 'R2' | 'R3' | 'R4' | 'R5';
export type Billing = 'ONCE' | 'MONTH' | 'QUARTER' | 'YEAR';
export type Currency = 'CNY' | 'POINTS';

export const LIFECYCLES: Lifecycle[] = [
  'LISTED',
  'APPROVED',
  'IN_REVIEW',
  'DRAFT',
  'REJECTED',
  'WITHDRAWN',
  'SUSPENDED',
  'DELISTED',
  'ARCHIVED',
];
export const CHANNELS: Channel[] = ['WEBSITE', 'TERMINAL', 'APP', 'CALL_CENTRE', 'SMS', 'BRANCH'];
export const RISK_LEVELS: RiskLevel[] = ['R1', 'R2', 'R3', 'R4', 'R5'];

const standing: Record<Lifecycle, string> = {
  DRAFT: 'draft',
  REJECTED: 'refused',
  WITHDRAWN: 'draft',
  IN_REVIEW: 'waiting',
  APPROVED: 'ready',
  LISTED: 'on',
  SUSPENDED: 'held',
  DELISTED: 'over',
  ARCHIVED: 'over',
};

/** Where a product stands: a dot that is never alone, and its word. */
export function Standing({ lifecycle }: { lifecycle: Lifecycle }) {
  const { t } = useTranslation();
  return (
    <span className={`standing standing-${standing[lifecycle]}`}>{t(`word.lifecycle.${lifecycle}`)}</span>
  );
}

/** Product risk: its own hue, always with the level, with its word where there is room. */
export function Risk({ level, worded = false }: { level: RiskLevel | null | undefined; worded?: boolean }) {
  const { t } = useTranslation();
  if (!level) return <span className="quiet">{worded ? t('word.unrated') : '—'}</span>;
  return (
    <span className={`risk risk-${level}`}>
      {level}
      {worded && <span className="risk-word">{t(`word.risk.${level}`)}</span>}
    </span>
  );
}

export type PriceFact = { amountMinor: number; currency: Currency; billing: Billing };

/** An amount with its unit of billing in grey; free where it is zero, a warning where there is none. */
export function Price({ price }: { price: PriceFact | null | undefined }) {
  const { t } = useTranslation();
  if (!price) return <span className="warned">{t('word.unpriced')}</span>;
  if (price.amountMinor === 0) return <span>{t('word.free')}</span>;
  return (
    <span className="price">
      {price.currency === 'CNY'
        ? money(price.amountMinor)
        : t('word.points', { amount: count(price.amountMinor) })}
      <span className="unit">{t(`word.per.${price.billing}`)}</span>
    </span>
  );
}

/** The same as one text, for files and sentences. */
export function usePriceText(): (price: PriceFact | null | undefined) => string {
  const { t } = useTranslation();
  return (price) => {
    if (!price) return t('word.unpriced');
    if (price.amountMinor === 0) return t('word.free');
    const amount =
      price.currency === 'CNY'
        ? money(price.amountMinor)
        : t('word.points', { amount: count(price.amountMinor) });
    return `${amount}${t(`word.per.${price.billing}`)}`;
  };
}

/** Touchpoints in their order, the first few by name and the rest by number. */
export function useChannelsText(): (channels: readonly Channel[], shown?: number) => string {
  const { t } = useTranslation();
  return (channels, shown = 99) => {
    if (channels.length === 0) return '—';
    const names = channels.map((channel) => t(`word.channel.${channel}`));
    const list = names.slice(0, shown).join(t('word.comma'));
    return names.length <= shown ? list : t('word.andMore', { list, count: names.length });
  };
}
