import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import { Card, Facts } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import { useSignedIn } from '../session/session.tsx';
import { TraceOf } from '../trace/TraceOf.tsx';
import { day } from '../words/formats.ts';
import { CategoryScale } from './CategoryScale.tsx';
import type { CustomerFacts } from './question.ts';
import { texts } from './texts.ts';
import { Tries } from './Tries.tsx';
import { useCode } from './words.tsx';

/** Who may be offered what, and why; beside it what was done. */
export function Overview({ customer, now }: { customer: CustomerFacts; now: Date }) {
  const t = useTexts(texts);
  const { actor } = useSignedIn();
  return (
    <div className="columns-3">
      <div className="stack">
        <ProfileCard customer={customer} now={now} />
        <ConsentCard customer={customer} />
        <EligibilityCard customer={customer} />
      </div>
      <div className="stack">
        {actor.permissions.includes('catalog.browse') && <Tries customer={customer} />}
      </div>
      <div className="stack">
        {actor.permissions.includes('trace.read') ? (
          <TraceOf title={t('trace')} all={t('traceAll')} none={t('traceNone')} customer={customer.id} />
        ) : (
          <Card title={t('trace')}>
            <p className="quiet">{t('traceNoPermission')}</p>
          </Card>
        )}
      </div>
    </div>
  );
}

function ProfileCard({ customer, now }: { customer: CustomerFacts; now: Date }) {
  const t = useTexts(texts);
  const code = useCode();
  const { riskProfile: profile, preferences } = customer;
  const over = profile !== null && new Date(profile.validUntil) <= now;
  const wants = (value: string | null) => (value === null ? t('notAsked') : code(value));
  return (
    <Card title={t('profile')}>
      {profile ? (
        <>
          <p className="profile-level">{code(profile.level)}</p>
          <CategoryScale level={profile.level} />
          <Facts
            facts={[
              [t('assessed'), day(profile.assessedAt)],
              [
                t('validity'),
                over ? (
                  <span className="warned">
                    {day(profile.validUntil)} {t('expired')}
                  </span>
                ) : (
                  day(profile.validUntil)
                ),
              ],
              [t('lowestAnswer'), profile.lowestCategory ? t('yes') : t('nope')],
            ]}
          />
        </>
      ) : (
        <p className="profile-level quiet">{t('unassessed')}</p>
      )}
      <h3 className="panel-sub">{t('preferences')}</h3>
      <Facts
        facts={[
          [t('term'), wants(preferences.term)],
          [t('kinds'), preferences.investmentKinds?.map(code).join(t('comma')) ?? t('notAsked')],
          [t('goal'), wants(preferences.returnGoal)],
        ]}
      />
    </Card>
  );
}

function ConsentCard({ customer: { consents, personalisation } }: { customer: CustomerFacts }) {
  const t = useTexts(texts);
  const code = useCode();
  return (
    <Card title={t('consents')}>
      <ul className="ticks">
        {consents.map((consent) => (
          <li key={consent}>
            <CheckOutlined aria-hidden /> {code(consent)}
          </li>
        ))}
        {consents.length === 0 && (
          <li className="warned">
            <CloseOutlined aria-hidden /> {t('consentsNone')}
          </li>
        )}
        <li>
          {personalisation ? <CheckOutlined aria-hidden /> : <CloseOutlined aria-hidden />}{' '}
          {t(personalisation ? 'personalOn' : 'personalOff')}
        </li>
      </ul>
    </Card>
  );
}

function EligibilityCard({ customer: { eligibility, permissions } }: { customer: CustomerFacts }) {
  const t = useTexts(texts);
  const code = useCode();
  return (
    <Card title={t('eligibility')}>
      {eligibility.length + permissions.length === 0 ? (
        <p className="quiet">{t('eligibilityNone')}</p>
      ) : (
        <Facts
          facts={[
            ...eligibility.map((one) => [code(one.code), t('until', { until: day(one.until) })] as const),
            ...(permissions.length > 0
              ? [[t('permissions'), permissions.map(code).join(t('comma'))] as const]
              : []),
          ]}
        />
      )}
    </Card>
  );
}
