import { Card } from '../../../admin-ui/src/detail/Card.tsx';
import { useTexts } from '../../../admin-ui/src/language/texts.ts';
import { count } from '../../../admin-ui/src/words/formats.ts';
import type { Account } from './question.ts';
import { texts } from './texts.ts';

/** The balance by state as one bar, and the lots as bars on one scale, the earliest first. */
export function Balance({ account }: { account: Account }) {
  const t = useTexts(texts);
  const { available, reserved, pending, owed, lots } = account;
  const total = available + reserved + pending;
  const states = [
    ['available', available],
    ['reserved', reserved],
    ['pending', pending],
  ] as const;
  const most = Math.max(...lots.map(({ points }) => points), 1);
  return (
    <div className="stack">
      <Card title={t('total')}>
        <p className="points-total">
          {count(total)} <small>{t('points')}</small>
        </p>
        <svg className="points-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
          {states.map(([state, points], index) => (
            <rect
              key={state}
              className={`points-${state}`}
              x={(100 * states.slice(0, index).reduce((sum, [, one]) => sum + one, 0)) / Math.max(total, 1)}
              width={(100 * points) / Math.max(total, 1)}
              height="8"
            />
          ))}
        </svg>
        <dl className="points-states">
          {states.map(([state, points]) => (
            <div key={state}>
              <dt className={`points-key points-key-${state}`}>{t(state)}</dt>
              <dd>
                {count(points)} <span className="unit">{t('points')}</span>
              </dd>
            </div>
          ))}
          {owed > 0 && (
            <div className="warned">
              <dt>
                {t('owed')}（{t('owedNote')}）
              </dt>
              <dd>{count(owed)}</dd>
            </div>
          )}
        </dl>
      </Card>
      <Card title={t('lots')} note={t('lotsNote')} flush>
        <table className="rows points-lots">
          <thead>
            <tr>
              <th scope="col">{t('expires')}</th>
              <th scope="col">{t('left')}</th>
              <th scope="col" data-align="right">
                {t('points')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lots.map(({ expiryMonth, points }) => (
              <tr key={expiryMonth ?? ''}>
                <td>{expiryMonth ?? t('never')}</td>
                <td>
                  <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
                    <rect className="points-available" width={(100 * points) / most} height="6" rx="2" />
                  </svg>
                </td>
                <td data-align="right">{count(points)}</td>
              </tr>
            ))}
            <tr className="points-sum">
              <td>{t('sum')}</td>
              <td>{lots.length === 0 ? t('none') : ''}</td>
              <td data-align="right">{count(available)}</td>
            </tr>
          </tbody>
        </table>
      </Card>
    </div>
  );
}
