import { Button, Input } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, announceChange } from '../../api/ask.ts';
import { Dialog } from '../../dialog/Dialog.tsx';
import type { Problem } from '../../http/request.ts';
import { useSignedIn } from '../../session/session.tsx';
import { count } from '../../words/formats.ts';
import { useNamed } from '../../words/named.ts';
import { ProblemLine } from '../../states/ProblemLine.tsx';
import { ChannelChoice, windowsInput } from './ChannelChoice.tsx';
import type { ChosenChannels } from './ChannelChoice.tsx';
import { documentOf, GRAVE, NEEDS_APPROVAL } from './commands.ts';
import type { Command } from './commands.ts';
import { groupsOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import './commands.css';

export type Selected = {
  /** As the platform takes it: ids, or a filter. */
  products: { ids: string[] } | { filter: object };
  /** How many they are. */
  size: number;
  nameOf: (id: string) => string | undefined;
};

type Props = {
  command: Command;
  selected: Selected;
  channels?: ChosenChannels;
  onClose: () => void;
  onDone: (outcome: Outcome) => void;
};

const TYPING_MS = 300;
const NAMES_MAX = 6;

/**
 * Says what a command would do before it does it: how many of each outcome, the refused first with one reason each,
 * then what follows. Asks for a reason; the button names those that it will be done for.
 */
export function CommandDialog({ command, selected, channels: atFirst = {}, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { token } = useSignedIn();
  const [channels, setChannels] = useState<ChosenChannels>(atFirst);
  const [reason, setReason] = useState('');
  const [touched, setTouched] = useState(false);
  const [preview, setPreview] = useState<Outcome>();
  const [problem, setProblem] = useState<Problem>();
  const [sending, setSending] = useState(false);
  const windows = useMemo(() => windowsInput(channels), [channels]);
  const needsChannels = command === 'list' && windows.length === 0;
  const document = documentOf(command);
  const extra = command === 'list' ? { channels: windows } : {};
  const key = JSON.stringify([command, selected.products, windows]);

  useEffect(() => {
    setPreview(undefined);
    if (needsChannels) return;
    let current = true;
    const timer = setTimeout(() => {
      // The preview decides on everything but the reason, which is still to be written.
      const variables = { products: selected.products, reason: PREVIEW_REASON, dryRun: true, ...extra };
      void ask<{ outcome: Outcome }>(token, document, variables).then((answer) => {
        if (!current) return;
        if (answer.ok) setPreview(answer.data.outcome);
        setProblem(answer.ok ? undefined : answer.problem);
      });
    }, TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, token]);

  const run = async () => {
    setTouched(true);
    if (reason.trim() === '' || !preview || preview.done === 0) return;
    setSending(true);
    const variables = { products: selected.products, reason: reason.trim(), dryRun: false, ...extra };
    const answer = await ask<{ outcome: Outcome }>(token, document, variables);
    setSending(false);
    if (!answer.ok) {
      setProblem(answer.problem);
      return;
    }
    announceChange();
    onDone(answer.data.outcome);
  };

  return (
    <Dialog
      width={command === 'list' ? '960px' : '720px'}
      title={t(`command.title.${command}`, { count: count(selected.size) })}
      onClose={onClose}
    >
      {command === 'list' && <ChannelChoice chosen={channels} onChange={setChannels} />}
      {!needsChannels && (
        <Preview preview={preview} command={command} selected={selected} failed={problem !== undefined} />
      )}
      {problem && <ProblemLine problem={problem} notDone={t('command.notDone')} />}
      <label className="command-reason">
        <span>
          {t(`command.why.${command}`)} <em aria-hidden>*</em>
        </span>
        <Input
          autoFocus
          value={reason}
          maxLength={500}
          status={touched && reason.trim() === '' ? 'error' : ''}
          aria-invalid={touched && reason.trim() === ''}
          onChange={(event) => setReason(event.target.value)}
          onPressEnter={() => void run()}
        />
        {touched && reason.trim() === '' && <span className="field-error">{t('command.reasonMissing')}</span>}
      </label>
      <div className="command-foot">
        <span className={GRAVE.includes(command) ? 'warned' : 'quiet'}>
          {NEEDS_APPROVAL.includes(command) ? t('command.second') : t(`command.effect.${command}`)}
        </span>
        <Button onClick={onClose}>{t('command.cancel')}</Button>
        <Button
          type="primary"
          danger={GRAVE.includes(command)}
          loading={sending}
          disabled={!preview || preview.done === 0}
          onClick={() => void run()}
        >
          {t(`command.do.${command}`, { count: count(preview?.done ?? 0) })}
        </Button>
      </div>
    </Dialog>
  );
}

const PREVIEW_REASON = 'preview';

type PreviewProps = { preview: Outcome | undefined; command: Command; selected: Selected; failed: boolean };

function Preview({ preview, command, selected, failed }: PreviewProps) {
  const { t } = useTranslation();
  const named = useNamed();
  if (!preview) {
    return failed ? null : (
      <div className="command-figures" role="status" aria-label={t('command.previewing')}>
        <Figure title={t(`command.will.${command}`)} value="…" />
        <Figure title={t('command.refused')} value="…" />
      </div>
    );
  }
  const groups = groupsOf(preview.refused);
  return (
    <>
      <div className="command-figures" role="status">
        <Figure title={t(`command.will.${command}`)} value={count(preview.done)} />
        <Figure
          title={t('command.refused')}
          value={count(preview.refusedCount)}
          bad={preview.refusedCount > 0}
        />
      </div>
      {groups.length > 0 && (
        <ul className="command-groups">
          {groups.map(({ reason, products }) => (
            <li key={`${reason.code} ${reason.text.zh}`}>
              <strong>{named(reason.text)}</strong>
              <span className="command-names">
                {products.slice(0, NAMES_MAX).map(({ id, code }) => (
                  <a
                    key={id}
                    href={`/admin/products/${encodeURIComponent(code)}`}
                    target="_blank"
                    rel="noreferrer"
                  >
                    {selected.nameOf(id) ?? code} <span className="code">{code}</span>
                  </a>
                ))}
                {products.length > NAMES_MAX && (
                  <span className="quiet">{t('command.others', { count: products.length - NAMES_MAX })}</span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Figure({ title, value, bad = false }: { title: string; value: string; bad?: boolean }) {
  const { t } = useTranslation();
  return (
    <div>
      <span>{title}</span>
      <strong data-bad={bad || undefined}>{value}</strong>
      <span className="unit">{t('word.productsUnit')}</span>
    </div>
  );
}
