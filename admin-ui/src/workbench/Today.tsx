import { Link } from 'react-router';
import { Card } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import { Empty } from '../states/states.tsx';
import { moment } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import type { Named } from '../words/named.ts';
import type { Moment } from './question.ts';
import { texts } from './texts.ts';

type Props = { moments: readonly Moment[] | undefined; missing: readonly Named[]; now: Date };

/** What the clock does today, with a line where it stands now. */
export function Today({ moments, missing, now }: Props) {
  const t = useTexts(texts);
  const named = useNamed();
  const past = moments?.filter(({ at }) => new Date(at) <= now) ?? [];
  const ahead = moments?.filter(({ at }) => new Date(at) > now) ?? [];
  return (
    <Card title={t('today')}>
      {missing.length > 0 && (
        <p className="note-warning" role="alert">
          {t('missing', { names: missing.map((name) => named(name)).join('、') })}
        </p>
      )}
      {moments === undefined ? null : moments.length === 0 ? (
        <Empty title={t('quiet')} text={t('quietText')} />
      ) : (
        <ol className="today">
          {past.map((one) => (
            <MomentLine key={`${one.at} ${one.title.zh}`} moment={one} over />
          ))}
          <li className="today-now">{t('now', { time: moment(now).slice(11) })}</li>
          {ahead.map((one) => (
            <MomentLine key={`${one.at} ${one.title.zh}`} moment={one} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function MomentLine({ moment: one, over = false }: { moment: Moment; over?: boolean }) {
  const named = useNamed();
  const title = named(one.title);
  return (
    <li data-over={over || undefined} data-barred={one.barred || undefined}>
      <time dateTime={one.at}>{moment(one.at).slice(11)}</time>
      <div>
        {one.link === null ? <strong>{title}</strong> : <Link to={one.link}>{title}</Link>}
        {one.detail && <span>{named(one.detail)}</span>}
      </div>
      <span className="mark mark-plain">{named(one.sort)}</span>
    </li>
  );
}
