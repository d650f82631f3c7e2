import { RightOutlined } from '@ant-design/icons';
import { Link } from 'react-router';
import { useTexts } from '../language/texts.ts';
import { count } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import type { Figure } from './question.ts';
import { texts } from './texts.ts';

/** The house in figures; each opens the list behind it. */
export function Figures({ figures }: { figures: readonly Figure[] | undefined }) {
  const t = useTexts(texts);
  const named = useNamed();
  if (figures?.length === 0) return null;
  return (
    <section className="figures" aria-label={t('figures')}>
      {figures === undefined
        ? [1, 2, 3, 4].map((key) => (
            <div key={key} className="figure figure-skeleton" aria-hidden>
              <span />
              <span />
            </div>
          ))
        : figures.map((figure) => (
            <Link key={figure.code} to={figure.link} className="figure">
              <span className="figure-title">
                {named(figure.title)} <RightOutlined aria-hidden />
              </span>
              {figure.value === null ? (
                <span className="warned">{t('unavailable')}</span>
              ) : (
                <span className="figure-value">
                  {count(figure.value)}{' '}
                  <small>{figure.unit === 'POINTS' ? t('points') : named(figure.of)}</small>
                </span>
              )}
              <span className="figure-note">{figure.note ? named(figure.note) : ''}</span>
            </Link>
          ))}
    </section>
  );
}
