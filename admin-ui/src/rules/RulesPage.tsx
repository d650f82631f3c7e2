import { Link, useSearchParams } from 'react-router';
import { useAnswer } from '../api/useAnswer.ts';
import { DataView } from '../data/DataView.tsx';
import { Card } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import '../list/list.css';
import { Failed, Loading } from '../states/states.tsx';
import { moment } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import type { Named } from '../words/named.ts';
import '../words/words.css';
import './rules.css';
import { texts } from './texts.ts';

const KINDS = `query RuleKinds { ruleKinds { kind title { zh en } version } }`;
const VERSIONS = `query RuleVersions($kind: String!) {
  ruleVersions(kind: $kind) { version origin state data reason makerName checkerName changedAt }
}`;

type Kind = { kind: string; title: Named; version: string };
type Version = {
  version: string;
  origin: 'SHIPPED' | 'STAFF';
  state: 'DRAFT' | 'IN_FORCE' | 'SUPERSEDED' | 'REJECTED';
  data: unknown;
  reason: string;
  makerName: string;
  checkerName: string | null;
  changedAt: string;
};

/** Rules as data: each sort with its versions, and what a version says, as tables. Read only. */
export default function RulesPage() {
  const t = useTexts(texts);
  const named = useNamed();
  const [params] = useSearchParams();
  const kinds = useAnswer<{ ruleKinds: Kind[] }>(KINDS, NOTHING);
  const all = kinds.data?.ruleKinds;
  const chosen = all?.find(({ kind }) => kind === params.get('kind')) ?? all?.[0];
  const problem = kinds.problem;
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>{t('title')}</h1>
        <span className="quiet">{t('readOnly')}</span>
      </header>
      {problem ? (
        <Failed
          title={t('failed')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={problem}
          onRetry={kinds.reload}
        />
      ) : !chosen || !all ? (
        <Loading />
      ) : (
        <div className="rules">
          <nav className="rules-kinds" aria-label={t('kinds')}>
            {all.map(({ kind, title, version }) => (
              <Link
                key={kind}
                to={`?kind=${encodeURIComponent(kind)}`}
                aria-current={kind === chosen.kind ? 'true' : undefined}
              >
                <strong>{named(title)}</strong>
                <span>{t('inForce', { version })}</span>
              </Link>
            ))}
          </nav>
          <Versions key={chosen.kind} kind={chosen} asked={params.get('version')} />
        </div>
      )}
    </div>
  );
}

function Versions({ kind, asked }: { kind: Kind; asked: string | null }) {
  const t = useTexts(texts);
  const named = useNamed();
  const answer = useAnswer<{ ruleVersions: Version[] }>(VERSIONS, { kind: kind.kind }, { keep: false });
  const versions = answer.data?.ruleVersions;
  if (answer.problem)
    return (
      <Failed
        title={t('failed')}
        detail={t('failedDetail')}
        notDone={t('failedNotDone')}
        problem={answer.problem}
        onRetry={answer.reload}
        quiet
      />
    );
  if (!versions) return <Loading />;
  const wanted = asked ?? kind.version;
  const shown = versions.find(({ version }) => version === wanted) ?? versions[0];
  return (
    <div className="stack">
      <Card title={named(kind.title)} note={t('versions')}>
        <ul className="list-line">
          {versions.map((one) => (
            <li key={one.version} data-current={one === shown || undefined}>
              <Link
                to={`?kind=${encodeURIComponent(kind.kind)}&version=${encodeURIComponent(one.version)}`}
                aria-current={one === shown ? 'true' : undefined}
              >
                {one.version}
              </Link>
              <span className={`mark mark-${one.state === 'IN_FORCE' ? 'accent' : 'plain'}`}>
                {t(one.state)}
              </span>
              <span className="quiet">
                {one.origin === 'SHIPPED'
                  ? t('SHIPPED')
                  : t('STAFF', { maker: one.makerName, checker: one.checkerName ?? t('noChecker') })}
              </span>
              <span className="end quiet">{moment(one.changedAt)}</span>
            </li>
          ))}
        </ul>
      </Card>
      {shown && (
        <Card title={t('shown', { version: shown.version })}>
          <DataView data={shown.data} />
        </Card>
      )}
    </div>
  );
}

const NOTHING = {};
