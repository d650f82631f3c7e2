import { Button, Input } from 'antd';
import { useState } from 'react';
import { useSend } from '../api/useAnswer.ts';
import { Facts } from '../detail/Card.tsx';
import { Dialog } from '../dialog/Dialog.tsx';
import { useTexts } from '../language/texts.ts';
import { ProblemLine } from '../states/ProblemLine.tsx';
import { useNamed } from '../words/named.ts';
import type { TabCustomer } from '../pages/declaration.ts';
import { REVEAL } from './question.ts';
import type { Revealed } from './question.ts';
import { texts } from './texts.ts';

/** Shows a client in clear, for a reason that stays. What was shown goes with the dialog. */
export function RevealDialog({ customer, onClose }: { customer: TabCustomer; onClose: () => void }) {
  const t = useTexts(texts);
  const named = useNamed();
  const { send, sending, problem } = useSend();
  const [reason, setReason] = useState('');
  const [result, setResult] = useState<Revealed>();
  const reveal = async () => {
    const answer = await send<{ revealCustomer: Revealed }>(REVEAL, { no: customer.customerNo, reason });
    if (answer) setResult(answer.revealCustomer);
  };
  const shown = result && 'name' in result ? result : undefined;
  return (
    <Dialog title={t('revealTitle', { name: customer.nameMasked })} width="480px" onClose={onClose}>
      {shown ? (
        <>
          <Facts
            facts={[
              [t('name'), shown.name || t('unknown')],
              [t('phone'), shown.phone || t('unknown')],
              [t('birth'), shown.birthDate ?? t('unknown')],
            ]}
          />
          <div className="dialog-end">
            <Button type="primary" onClick={onClose}>
              {t('close')}
            </Button>
          </div>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void reveal();
          }}
        >
          <label className="field">
            {t('revealWhy')}
            <Input.TextArea
              autoFocus
              rows={3}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <p className="quiet">{t('revealHint')}</p>
          {result && 'code' in result && (
            <ProblemLine
              problem={{ status: 200, code: result.code, title: named(result.message), detail: '' }}
              notDone={t('revealNotDone')}
            />
          )}
          {problem && <ProblemLine problem={problem} notDone={t('revealNotDone')} />}
          <div className="dialog-end">
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={sending}>
              {t('revealDo')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
