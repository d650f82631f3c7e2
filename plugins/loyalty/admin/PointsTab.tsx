import { useState } from 'react';
import { useAnswer } from '../../../admin-ui/src/api/useAnswer.ts';
import '../../../admin-ui/src/list/list.css';
import { useTexts } from '../../../admin-ui/src/language/texts.ts';
import type { TabCustomer } from '../../../admin-ui/src/pages/declaration.ts';
import { Empty, Failed, Loading } from '../../../admin-ui/src/states/states.tsx';
import { Balance } from './Balance.tsx';
import './points.css';
import { POINTS } from './question.ts';
import type { Account } from './question.ts';
import { Statement } from './Statement.tsx';
import { texts } from './texts.ts';

const PAGE = 20;

/** A client's points: what they have by state and by lot, and every entry with its why. */
export default function PointsTab({ customer }: { customer: TabCustomer }) {
  const t = useTexts(texts);
  const [after, setAfter] = useState<string>();
  const answer = useAnswer<{ loyaltyAccount: Account | null }>(POINTS, {
    no: customer.customerNo,
    first: PAGE,
    after,
  });
  const account = answer.data?.loyaltyAccount;
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
  if (account === undefined) return <Loading />;
  if (account === null || account.statement.totalCount === 0)
    return <Empty title={t('empty')} text={t('emptyText')} />;
  return (
    <div className="columns-2">
      <Balance account={account} />
      <Statement account={account} stale={answer.stale} first={after === undefined} onPage={setAfter} />
    </div>
  );
}
