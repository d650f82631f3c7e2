import { useState } from 'react';
import { Link } from 'react-router';
import { useAnswer } from '../../../admin-ui/src/api/useAnswer.ts';
import { Facts } from '../../../admin-ui/src/detail/Card.tsx';
import '../../../admin-ui/src/detail/detail.css';
import { Dialog } from '../../../admin-ui/src/dialog/Dialog.tsx';
import { useTexts } from '../../../admin-ui/src/language/texts.ts';
import '../../../admin-ui/src/list/list.css';
import { Failed, Loading } from '../../../admin-ui/src/states/states.tsx';
import { count, day } from '../../../admin-ui/src/words/formats.ts';
import '../../../admin-ui/src/words/words.css';
import './pools.css';
import { texts } from './texts.ts';

const POOLS = `query Pools { fundPools { pool count } }`;
const MEMBERS = `query Members($pool: FundPool!, $first: Int!) {
  fundPoolMembers(pool: $pool, first: $first) { totalCount edges { node {
    code pool since reason evidence reviewDue
    history { from to at reason makerName checkerName } } } }
}`;
const STEP = 20;
const PAGE_MAX = 100;

type Pool = 'BASE' | 'CANDIDATE' | 'CORE' | 'WATCH' | 'FORBIDDEN' | 'OUT';
type Member = {
  code: string;
  pool: Pool;
  since: string;
  reason: string;
  evidence: string | null;
  reviewDue: string | null;
  history: {
    from: Pool | null;
    to: Pool;
    at: string;
    reason: string;
    makerName: string;
    checkerName: string;
  }[];
};
type Members = { fundPoolMembers: { totalCount: number; edges: { node: Member }[] } };

/** The pools side by side: each fund with why it is in and when it is looked at again. Read only. */
export default function PoolBoard() {
  const t = useTexts(texts);
  const [opened, setOpened] = useState<Member>();
  const answer = useAnswer<{ fundPools: { pool: Pool; count: number }[] }>(POOLS, NOTHING);
  const pools = answer.data?.fundPools;
  const inPools = pools?.filter(({ pool }) => pool !== 'OUT').reduce((sum, one) => sum + one.count, 0) ?? 0;
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>{t('title')}</h1>
        <span className="quiet">{t('counted', { count: count(inPools) })}</span>
      </header>
      {answer.problem ? (
        <Failed
          title={t('failed')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={answer.problem}
          onRetry={answer.reload}
        />
      ) : !pools ? (
        <Loading />
      ) : (
        <div className="pools">
          {pools
            .filter((one) => one.pool !== 'OUT' || one.count > 0)
            .map((one) => (
              <PoolColumn key={one.pool} pool={one.pool} total={one.count} onOpen={setOpened} />
            ))}
        </div>
      )}
      {opened && <MemberDrawer member={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

type ColumnProps = { pool: Pool; total: number; onOpen: (member: Member) => void };

function PoolColumn({ pool, total, onOpen }: ColumnProps) {
  const t = useTexts(texts);
  const [first, setFirst] = useState(STEP);
  const answer = useAnswer<Members>(MEMBERS, { pool, first });
  const members = answer.data?.fundPoolMembers.edges.map(({ node }) => node) ?? [];
  const rest = total - members.length;
  return (
    <section className="pool" aria-label={t(pool)}>
      <header>
        <h2>{t(pool)}</h2>
        <span>{count(total)}</span>
        <span className="pool-hint">{t(`hint${pool}`)}</span>
      </header>
      {answer.problem ? (
        <p className="note-warning">{t('failed')}</p>
      ) : answer.data && members.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <ul>
          {members.map((member) => (
            <li key={member.code}>
              <button type="button" onClick={() => onOpen(member)}>
                <strong>{member.code}</strong>
                <span>{member.reason}</span>
                <Due member={member} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {answer.data && rest > 0 && first < PAGE_MAX && (
        <button type="button" className="link" onClick={() => setFirst(PAGE_MAX)}>
          {t('more', { count: count(rest) })}
        </button>
      )}
    </section>
  );
}

function Due({ member: { reviewDue, since } }: { member: Member }) {
  const t = useTexts(texts);
  if (reviewDue === null) return <span className="pool-due">{t('since', { day: day(since) })}</span>;
  return new Date(reviewDue) <= new Date() ? (
    <span className="pool-due warned">{t('overdue', { day: day(reviewDue) })}</span>
  ) : (
    <span className="pool-due">{t('due', { day: day(reviewDue) })}</span>
  );
}

function MemberDrawer({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useTexts(texts);
  return (
    <Dialog drawer width="496px" title={member.code} onClose={onClose}>
      <Facts
        facts={[
          [t('pool'), t(member.pool)],
          [t('reason'), member.reason],
          [t('evidence'), member.evidence ?? '—'],
        ]}
      />
      <p>
        <Due member={member} />
      </p>
      <p>
        <Link to={`/products?q=${encodeURIComponent(member.code)}`}>{t('product')}</Link>
      </p>
      <h3 className="panel-sub">{t('history')}</h3>
      <ul className="list-line">
        {member.history.map((move) => (
          <li key={move.at}>
            <div>
              <strong>{t('move', { from: move.from ? t(move.from) : t('nowhere'), to: t(move.to) })}</strong>
              <div>{move.reason}</div>
              <div className="quiet">{t('by', { maker: move.makerName, checker: move.checkerName })}</div>
            </div>
            <span className="end quiet">{day(move.at)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const NOTHING = {};
