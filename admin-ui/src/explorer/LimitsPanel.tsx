import { useTranslation } from 'react-i18next';
import type { LimitName } from '../installation/installation.tsx';
import { numberText, sizeText } from './figures.ts';
import type { LimitsUsed } from './run.ts';

type Props = {
  limits: Record<LimitName, number>;
  /** As the platform counted for the last run; null before it. */
  used: LimitsUsed | null;
  /** These are known before the run. */
  tokens: number | null;
  pageSize: number | null;
  bodyBytes: number;
};

const order: LimitName[] = ['depth', 'cost', 'pageMax', 'aliases', 'tokens', 'bodyBytes'];

/** What this query uses of each limit. A query over any of them is refused before anything is read. */
export function LimitsPanel({ limits, used, tokens, pageSize, bodyBytes }: Props) {
  const { t } = useTranslation();
  const usedOf: Record<LimitName, number | null> = {
    depth: used?.depth ?? null,
    cost: used?.cost ?? null,
    aliases: used?.aliases ?? null,
    tokens,
    pageMax: pageSize,
    bodyBytes,
  };
  return (
    <section className="card explorer-limits" aria-label={t('explorer.limits')}>
      <div className="card-head">
        <h2>{t('explorer.limits')}</h2>
        <span>{t('explorer.limitsHint')}</span>
      </div>
      <dl>
        {order.map((name) => (
          <LimitRow key={name} name={name} used={usedOf[name]} limit={limits[name]} />
        ))}
      </dl>
      {!used && <p className="explorer-side-note">{t('explorer.limitsBefore')}</p>}
    </section>
  );
}

function LimitRow({ name, used, limit }: { name: LimitName; used: number | null; limit: number }) {
  const { t } = useTranslation();
  const text = name === 'bodyBytes' ? sizeText : numberText;
  const share = used === null ? 0 : Math.min(1, used / limit);
  const over = used !== null && used > limit;
  return (
    <div data-over={over || undefined}>
      <dt>{t(`explorer.limit.${name}`)}</dt>
      <dd>
        <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect width="100" height="4" rx="2" className="explorer-limit-all" />
          {share > 0 && (
            <rect width={Math.max(1, share * 100)} height="4" rx="1" className="explorer-limit-used" />
          )}
        </svg>
        <span className="explorer-limit-figures">
          {over && <em>{t('explorer.limitOver')} </em>}
          <strong>{used === null ? '—' : text(used)}</strong> / {text(limit)}
        </span>
      </dd>
    </div>
  );
}
