import { EyeInvisibleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAnswer } from '../api/useAnswer.ts';
import { DetailHead } from '../detail/DetailHead.tsx';
import { Tabs, useTab } from '../detail/Tabs.tsx';
import { useLanguage } from '../language/language.ts';
import { useTexts } from '../language/texts.ts';
import { customerTabs } from '../pages/registry.ts';
import { useSignedIn } from '../session/session.tsx';
import { usePlace } from '../shell/place.tsx';
import { PageBoundary } from '../states/PageBoundary.tsx';
import { Empty, Failed, Loading } from '../states/states.tsx';
import { CopyButton } from '../states/CopyButton.tsx';
import { day } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import '../words/words.css';
import { Overview } from './Overview.tsx';
import { CUSTOMER } from './question.ts';
import type { CustomerFacts } from './question.ts';
import { RevealDialog } from './RevealDialog.tsx';
import { useSchemeNames } from './scheme.ts';
import { texts } from './texts.ts';
import { useCode } from './words.tsx';
import './customers.css';

const tabComponents = new Map(customerTabs.map(({ code, component }) => [code, lazy(component)]));

/** One client: who may be offered what, what they have, and what was done. Core's overview and the plugins' tabs. */
export default function CustomerPage() {
  const t = useTexts(texts);
  const { say } = useLanguage();
  const { no = '' } = useParams();
  const { actor } = useSignedIn();
  const navigate = useNavigate();
  const [revealing, setRevealing] = useState(false);
  const answer = useAnswer<{ customer: CustomerFacts | null }>(CUSTOMER, { no }, { keep: false });
  const customer = answer.data?.customer;
  usePlace(customer ? `${customer.customerNo} ${customer.nameMasked}` : no);
  const open = customerTabs.filter(({ permission }) => actor.permissions.includes(permission));
  const tabs = [
    { code: 'overview', title: t('overview') },
    ...open.map(({ code, title }) => ({ code, title: say(title) })),
  ];
  const tab = useTab(tabs.map(({ code }) => code));
  if (answer.problem)
    return (
      <Failed
        title={t('failed')}
        detail={t('failedDetail')}
        notDone={t('failedNotDone')}
        problem={answer.problem}
        onRetry={answer.reload}
      />
    );
  if (customer === undefined) return <Loading />;
  if (customer === null)
    return (
      <Empty level={1} title={t('gone', { no })} text={t('goneText')}>
        <Button type="primary" onClick={() => void navigate('/customers')}>
          {t('back')}
        </Button>
      </Empty>
    );
  const TabComponent = tabComponents.get(tab);
  return (
    <div className="detail">
      <CustomerHead
        customer={customer}
        mayReveal={actor.permissions.includes('customer.reveal')}
        onReveal={() => setRevealing(true)}
      >
        <Tabs tabs={tabs} label={t('tabs')} />
        <span className="quiet">
          <EyeInvisibleOutlined aria-hidden /> {t('masked')}
        </span>
      </CustomerHead>
      <div className="detail-body" tabIndex={0} role="region" aria-label={t('tabs')}>
        <PageBoundary key={tab}>
          {TabComponent ? (
            <Suspense fallback={<Loading />}>
              <TabComponent customer={customer} />
            </Suspense>
          ) : (
            <Overview customer={customer} now={answer.at ?? new Date()} />
          )}
        </PageBoundary>
      </div>
      {revealing && <RevealDialog customer={customer} onClose={() => setRevealing(false)} />}
    </div>
  );
}

type HeadProps = {
  customer: CustomerFacts;
  mayReveal: boolean;
  onReveal: () => void;
  children: React.ReactNode;
};

function CustomerHead({ customer, mayReveal, onReveal, children }: HeadProps) {
  const t = useTexts(texts);
  const code = useCode();
  const named = useSchemeNames();
  const say = useNamed();
  const { riskProfile, professional } = customer;
  return (
    <DetailHead
      title={customer.nameMasked}
      tags={
        <>
          <span className="mark mark-accent">
            {named(customer.tier)}
            {customer.core ? `${t('comma')}${t('core')}` : ''}
          </span>
          {customer.clubs.map((club) => (
            <span key={club} className="mark mark-plain">
              {named(club)}
            </span>
          ))}
          <span className="mark mark-plain">{code(customer.stage)}</span>
        </>
      }
      line={
        <>
          <span className="customer-no">
            {t('no')} {customer.customerNo}
            <CopyButton bare text={() => customer.customerNo} label={t('no')} />
          </span>
          <span>{customer.phoneMasked}</span>
          <span>{say(customer.branch)}</span>
          {customer.ageYears !== null && <span>{t('age', { years: customer.ageYears })}</span>}
        </>
      }
      facts={[
        { name: t('profile'), value: riskProfile ? code(riskProfile.level) : t('unassessed') },
        {
          name: t('investor'),
          value: professional ? t('professional', { until: day(professional.until) }) : t('ordinary'),
        },
      ]}
      actions={mayReveal ? <Button onClick={onReveal}>{t('reveal')}</Button> : undefined}
    >
      {children}
    </DetailHead>
  );
}
